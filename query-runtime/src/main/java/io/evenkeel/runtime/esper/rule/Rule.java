// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.esper.rule;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.List;

/**
 * Something that EPL may not say. A row of the table that authors read in {@code docs/recoverability.md} and
 * {@code docs/sandbox.md}, and that messages cite.
 *
 * @param id       stable: it stands in messages
 * @param area     what it protects
 * @param expects  what should be there, as it follows the word "Expected"
 * @param refuses  what it refuses, in a phrase
 * @param reason   why, in a sentence
 * @param remedy   what to write instead, in a sentence
 * @param accepted EPL near the border that compiles
 * @param refused  EPL that this rule refuses
 */
public record Rule(
        String id,
        Area area,
        String expects,
        String refuses,
        String reason,
        String remedy,
        List<Example> accepted,
        List<Example> refused) {

    /** What a rule protects. */
    public enum Area {
        /** That the declared history is all that a query remembers. */
        HISTORY,
        /** That the same log gives the same matches in the same order. */
        ORDER,
        /** That a query cannot leave its sandbox. */
        SANDBOX
    }

    /**
     * EPL over the event types {@code A(k, v, d, x, t)} and {@code B(k2, w)}, keyed by k and k2. Parameters: {@code p}, an
     * integer; {@code span}, a duration of at most 20 s; {@code free}, a duration without a maximum.
     */
    public record Example(String epl, History history) {}

    /** What the inputs of an example declare. */
    public enum History {
        /** {@code within: 30 seconds}. */
        WITHIN,
        /** {@code retain: 3}, and nothing else. */
        RETAIN
    }

    public Rule {
        requireNonNull(id, "id");
        requireNonNull(area, "area");
        requireNonNull(expects, "expects");
        requireNonNull(refuses, "refuses");
        requireNonNull(reason, "reason");
        requireNonNull(remedy, "remedy");
        accepted = List.copyOf(accepted);
        refused = List.copyOf(refused);
    }

    /** A rule without examples yet, to be given some by {@link #accepts} and {@link #refuses(String...)}. */
    static Rule of(String id, Area area, String expects, String refuses, String reason, String remedy) {
        return new Rule(id, area, expects, refuses, reason, remedy, List.of(), List.of());
    }

    Rule accepts(String... epl) {
        return new Rule(id, area, expects, refuses, reason, remedy, with(accepted, History.WITHIN, epl), refused);
    }

    Rule refuses(String... epl) {
        return new Rule(id, area, expects, refuses, reason, remedy, accepted, with(refused, History.WITHIN, epl));
    }

    Rule acceptsRetaining(String... epl) {
        return new Rule(id, area, expects, refuses, reason, remedy, with(accepted, History.RETAIN, epl), refused);
    }

    Rule refusesRetaining(String... epl) {
        return new Rule(id, area, expects, refuses, reason, remedy, accepted, with(refused, History.RETAIN, epl));
    }

    private static List<Example> with(List<Example> before, History history, String... epl) {
        List<Example> examples = new ArrayList<>(before);
        for (String each : epl) {
            examples.add(new Example(each, history));
        }
        return examples;
    }

    /** The sentence that an author reads when this rule refuses. */
    public String message(String actual, int eplLine) {
        return "Expected " + expects + ", but there is " + actual + ". " + reason + " " + remedy + " rule=" + id
                + " eplLine=" + eplLine;
    }
}
