// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class CatalogSimulationTest {
    private static final int RUNS = Integer.getInteger("evenkeel.catalog.runs", 250);
    private static final int STEPS = 40;

    @Test
    @DisplayName(
            "D3 D4 D5 D13 X1-X8 whoever dies at whatever step, every change is made on all nodes or on none, and its client is told the truth")
    void shouldAgreeWhoeverDies() {
        Long given = Long.getLong("evenkeel.seed");
        long first = given == null ? new Random().nextLong() : given;
        TreeMap<CatalogSimulation.Seen, Integer> seen = new TreeMap<>();
        int revisions = 0;
        for (int i = 0; i < (given == null ? RUNS : 1); i++) {
            CatalogSimulation simulation = run(first + i, true);
            simulation.attempted.values().forEach(one -> seen.merge(one.seen(), 1, Integer::sum));
            revisions += simulation.register.bringers.size();
        }
        System.out.println(
                "catalog simulation: seeds from " + first + ", " + revisions + " revisions, requests " + seen);
        // A run in which nothing happens shows nothing.
        if (given == null) {
            assertThat(seen.keySet()).containsExactly(CatalogSimulation.Seen.values());
            assertThat(revisions).isGreaterThan(RUNS);
        }
    }

    @Test
    @DisplayName("with a register that does not compare, the same runs go wrong")
    void shouldFailWithoutTheGuard() {
        int wrong = 0;
        for (long seed = 1; seed <= 50; seed++) {
            try {
                run(seed, false);
            } catch (AssertionError | RuntimeException e) {
                wrong++;
            }
        }
        assertThat(wrong).as("runs of 50 in which something went wrong").isGreaterThan(2);
    }

    private static CatalogSimulation run(long seed, boolean comparing) {
        CatalogSimulation simulation = new CatalogSimulation(seed, comparing);
        try {
            simulation.run(STEPS);
            CatalogCheck.requireAgreement(simulation);
            return simulation;
        } catch (AssertionError | RuntimeException e) {
            throw new AssertionError(
                    "seed " + seed + ": " + e.getMessage() + "\nrepeat: ./mvnw -pl correlator -am test"
                            + " -Dtest=CatalogSimulationTest -Dsurefire.failIfNoSpecifiedTests=false -Devenkeel.seed="
                            + seed + "\n" + simulation.story(),
                    e);
        }
    }
}
