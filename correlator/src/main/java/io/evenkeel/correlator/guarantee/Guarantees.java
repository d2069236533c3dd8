// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.guarantee;

import java.util.ArrayList;
import java.util.List;

/**
 * What is promised now. The components are the names in the API's JSON.
 *
 * @param noLoss     true if nothing is known by which events or matches could be lost or doubled
 * @param facts      on what the promises rest
 * @param weaknesses what weakens them; empty if nothing does
 */
public record Guarantees(boolean noLoss, List<Fact> facts, List<Weakness> weaknesses) {
    /** Nobody has said anything yet. */
    public static final Guarantees UNKNOWN = new Guarantees(false, List.of(), List.of());

    public Guarantees {
        facts = List.copyOf(facts);
        weaknesses = List.copyOf(weaknesses);
    }

    /** The level follows from the weaknesses. */
    public static Guarantees of(List<Fact> facts, List<Weakness> weaknesses) {
        return new Guarantees(weaknesses.stream().noneMatch(Weakness::loses), facts, weaknesses);
    }

    /** Those of a node with those of another one. */
    public Guarantees and(Guarantees other) {
        List<Fact> allFacts = new ArrayList<>(facts);
        allFacts.addAll(other.facts);
        List<Weakness> all = new ArrayList<>(weaknesses);
        all.addAll(other.weaknesses);
        return new Guarantees(noLoss && other.noLoss, allFacts, all);
    }

    /** Weaknesses by which something can be lost or doubled. */
    public List<Weakness> losses() {
        return weaknesses.stream().filter(Weakness::loses).toList();
    }
}
