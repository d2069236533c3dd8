// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.runtime.shard.ShardSimulation.Outcome;
import java.util.EnumSet;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Thousands of short runs of the protocol, each from its seed. Repeat one with {@code -Devenkeel.seed=N
 * -Devenkeel.seeds=1}; go further with {@code -Devenkeel.seeds=100000}.
 */
class ShardSimulationTest {
    private static final long FIRST_SEED = Long.getLong("evenkeel.seed", 1);
    private static final int SEEDS = Integer.getInteger("evenkeel.seeds", 3_000);

    @Test
    @DisplayName(
            "I1-I6 Q5 whatever dies, each match of the oracle is published once and in order, and replay equals live")
    void losesAndDoublesNothing() {
        int matches = 0;
        int crashes = 0;
        int late = 0;
        for (long seed = FIRST_SEED; seed < FIRST_SEED + SEEDS; seed++) {
            Outcome outcome = ShardSimulation.run(seed);
            assertThat(outcome.faults())
                    .as(
                            "seed %d: repeat with -Dtest=ShardSimulationTest -Devenkeel.seed=%d -Devenkeel.seeds=1",
                            seed, seed)
                    .isEmpty();
            matches += outcome.matches();
            crashes += outcome.crashes();
            late += outcome.late();
        }
        System.out.printf(
                "%d seeds from %d: %d matches, %d crashes, %d late%n", SEEDS, FIRST_SEED, matches, crashes, late);
        assertThat(late).as("late events in all runs").isGreaterThan(SEEDS / 5);
        assertThat(matches).as("matches in all runs").isGreaterThan(SEEDS * 10);
        assertThat(crashes).as("crashes in all runs").isGreaterThan(SEEDS * 5);
    }

    @Test
    @DisplayName(
            "I1-I6 F6 relaxed, with owners that freeze, wake up late or are replaced, and a detour: each match is published once and"
                    + " in order")
    void losesAndDoublesNothingOnADetour() {
        int matches = 0;
        for (long seed = FIRST_SEED; seed < FIRST_SEED + SEEDS; seed++) {
            Outcome outcome = ShardSimulation.runWithDetour(seed, EnumSet.allOf(Guard.class));
            assertThat(outcome.faults())
                    .as(
                            "seed %d: repeat with -Dtest=ShardSimulationTest -Devenkeel.seed=%d -Devenkeel.seeds=1",
                            seed, seed)
                    .isEmpty();
            matches += outcome.matches();
        }
        System.out.printf("%d seeds from %d with a detour: %d matches%n", SEEDS, FIRST_SEED, matches);
        assertThat(matches).as("matches in all runs").isGreaterThan(SEEDS * 10);
    }

    @ParameterizedTest(name = "without {0}")
    @EnumSource(Guard.class)
    @DisplayName("each guard is what saves us: without it the same runs lose or double")
    void failsWithoutGuard(Guard guard) {
        int found = 0;
        int broken = 0;
        for (long seed = 1; seed <= 200; seed++) {
            try {
                found += faultsWithout(guard, seed) > 0 ? 1 : 0;
            } catch (IndexOutOfBoundsException | IllegalArgumentException | IllegalStateException e) {
                if (guard != Guard.EPOCH) {
                    throw e;
                }
                // Two writers in one log: the state of one has no entry for what the other logged.
                broken++;
            }
        }
        System.out.printf("without %s: %d of 200 runs fail, and %d end early%n", guard, found, broken);
        assertThat(found)
                .as("runs of 200 without %s in which something is lost or doubled; %d ended early", guard, broken)
                .isPositive();
    }

    private static int faultsWithout(Guard guard, long seed) {
        EnumSet<Guard> guards = EnumSet.complementOf(EnumSet.of(guard));
        return (guard.ofDetour() ? ShardSimulation.runWithDetour(seed, guards) : ShardSimulation.run(seed, guards))
                .faults()
                .size();
    }
}
