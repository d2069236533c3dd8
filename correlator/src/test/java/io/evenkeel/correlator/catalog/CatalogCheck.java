// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.correlator.catalog.CatalogSimulation.Attempted;
import io.evenkeel.correlator.catalog.CatalogSimulation.Seen;
import io.evenkeel.query.CatalogSnapshot;
import io.evenkeel.query.catalog.CatalogRules;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;

/** What must be true of a run, whoever died in it. */
final class CatalogCheck {
    private CatalogCheck() {}

    /** D1: at the moment of the answer, whoever is here and serves runs it. */
    static void requireAppliedEverywhere(CatalogSimulation simulation, ChangeOutcome outcome) {
        for (SimulatedNode node : simulation.nodes) {
            if (node.agreed()) {
                assertThat(node.catalog().node().bytes().revision())
                        .as("revision of %s when the answer to %s comes", node.name(), outcome.record())
                        .isGreaterThanOrEqualTo(outcome.record().revision());
            }
        }
    }

    /** After everybody has come back. */
    static void requireAgreement(CatalogSimulation simulation) {
        SimulatedRegister register = simulation.register;
        // X7: nothing is undecided.
        assertThat(register.state.open()).as("open changes").isEmpty();
        for (SimulatedNode node : simulation.nodes) {
            assertThat(node.agreed()).as("%s serves", node.name()).isTrue();
            NodeCatalog running = node.catalog().node();
            assertThat(running.bytes().hash())
                    .as("catalog of %s", node.name())
                    .isEqualTo(register.state.catalog().hash());
            assertThat(running.kept().catalog().hash())
                    .as("disk of %s", node.name())
                    .isEqualTo(register.state.catalog().hash());
        }
        requireOneOrder(simulation);
        requireTruth(simulation);
    }

    /** Each revision is the one before with one change, judged on that one; and no change is made twice. */
    private static void requireOneOrder(CatalogSimulation simulation) {
        SimulatedRegister register = simulation.register;
        Set<String> made = new HashSet<>();
        for (Map.Entry<Long, String> step : inForce(register).entrySet()) {
            long revision = step.getKey();
            CatalogSnapshot before = register.history.get(revision - 1).snapshot();
            CatalogSnapshot after = register.history.get(revision).snapshot();
            ChangeRequest request = simulation.attempted.get(step.getValue()).request();
            assertThat(CatalogRules.apply(before, request.proposal().changesOn(before)))
                    .as("revision %d is %s on %d", revision, request.id(), revision - 1)
                    .isEqualTo(after);
            assertThat(made.add(request.id()))
                    .as("%s is made once", request.id())
                    .isTrue();
        }
    }

    /** Without what nobody was told of and no disk had when the whole cluster ended. */
    private static SortedMap<Long, String> inForce(SimulatedRegister register) {
        return register.bringers.headMap(register.state.catalog().revision() + 1);
    }

    private static void requireTruth(CatalogSimulation simulation) {
        SimulatedRegister register = simulation.register;
        List<String> lies = new ArrayList<>();
        for (Attempted one : simulation.attempted.values()) {
            String id = one.request().id();
            boolean made = inForce(register).containsValue(id);
            if (one.seen() == Seen.DONE && !id.equals(inForce(register).get(one.revision()))) {
                lies.add(id + " was said to be done at " + one.revision() + ", and was not");
            }
            if (one.seen() == Seen.NOTHING_CHANGED && made) {
                lies.add(id + " was said to have changed nothing, and was done");
            }
            if (made) {
                ChangeState state = simulation
                        .nodes
                        .get(0)
                        .catalog()
                        .findChange(id)
                        .map(ChangeRecord::state)
                        .orElse(ChangeState.COMMITTED);
                if (state != ChangeState.COMMITTED) {
                    lies.add(id + " was done, and is recorded as " + state);
                }
            }
        }
        assertThat(lies).isEmpty();
    }
}
