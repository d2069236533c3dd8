// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.esper;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.query.DefinitionRefusedException;
import io.evenkeel.query.QueryDefinition;
import io.evenkeel.runtime.engine.CompiledQuery;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.GenerationMode;
import net.jqwik.api.Label;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.lifecycle.AfterContainer;
import org.jspecify.annotations.Nullable;

/**
 * The proof of the recoverability check: what it accepts gives, after any replay from a trimmed log, the matches that it
 * would have given without. Queries, events and interruptions follow from a seed.
 *
 * <p>Go further with {@code -Devenkeel.replay.tries=100000}; repeat one with {@code -Devenkeel.replay.seed=N}.
 */
@Label("Q7 Replay equals live")
class ReplayPropertyTest {
    private static final int TRIES = 200;
    /** How many seeds a try of jqwik stands for. */
    private static final int ROUNDS = Math.max(1, Integer.getInteger("evenkeel.replay.tries", TRIES) / TRIES);

    private static final int EVENT_BITS = 10;
    private static final int EVENTS = 1 << EVENT_BITS;
    /** Compiling takes the most time of all. */
    private static final int QUERIES_IN_BUILD = 120;
    /** Other queries in each build; what fails is named by its seed. */
    private static final long FIRST_QUERY = new Random().nextInt(Integer.MAX_VALUE);

    private static final Map<Long, Accepted> QUERIES = new HashMap<>();

    private static int runs;
    private static int refused;
    private static int silent;
    private static int claims;

    @Property(
            tries = TRIES,
            generation = GenerationMode.RANDOMIZED,
            shrinking = ShrinkingMode.OFF,
            edgeCases = EdgeCasesMode.NONE)
    @Label("for queries, events and interruptions at random")
    void replayEqualsLive(@ForAll @LongRange(min = 0, max = Long.MAX_VALUE / 2) long drawn) {
        Long given = Long.getLong("evenkeel.replay.seed");
        if (given != null) {
            check(given);
            return;
        }
        // jqwik likes small numbers better than we do.
        Random random = new Random(drawn);
        for (int round = 0; round < ROUNDS; round++) {
            long query =
                    ROUNDS > 1 ? random.nextInt(Integer.MAX_VALUE) : FIRST_QUERY + random.nextInt(QUERIES_IN_BUILD);
            check((query << EVENT_BITS) + random.nextInt(EVENTS));
        }
    }

    @Example
    @Label("of a full window of different values, whose oldest event stays where a new one replaces another")
    void windowsOfDifferentValues() {
        check(1041387959979L); // unique and retain, after the log was cleaned
        check(844982039383L); // what two windows lose at once comes in any order
    }

    @AfterContainer
    static void report() {
        System.out.printf(
                "replay equals live: %d queries, %d more were refused, %d gave no match, %d replays%n",
                runs, refused, silent, claims);
        if (Long.getLong("evenkeel.replay.seed") != null) {
            return; // one query, again and again, says nothing about how many there are
        }
        assertThat(runs).as("queries that were run").isGreaterThan(refused / 2);
        assertThat(silent).as("queries without a match, of %d", runs).isLessThanOrEqualTo(runs / 4 + 1);
    }

    static void check(long seed) {
        // The last bits choose the events. In the ordinary build a query is compiled once for all of them.
        Accepted accepted = ROUNDS > 1
                ? accepted(seed >>> EVENT_BITS)
                : QUERIES.computeIfAbsent(seed >>> EVENT_BITS, ReplayPropertyTest::accepted);
        runs++;
        QueryDefinition definition = accepted.definition();
        ReplayRun run = new ReplayRun(new Random(seed), definition, accepted.compiled());
        List<String> differences;
        try {
            differences = run.differences();
        } catch (RuntimeException e) {
            throw new AssertionError("seed " + seed + ", epl: " + definition.epl() + ": " + e, e);
        }
        claims += run.claims();
        silent += run.matches() == 0 ? 1 : 0;
        assertThat(differences)
                .as("seed %d, inputs %s, epl: %s", seed, definition.inputs(), definition.epl())
                .isEmpty();
    }

    private record Accepted(QueryDefinition definition, CompiledQuery compiled) {}

    private static Accepted accepted(long seed) {
        Random random = new Random(seed);
        for (int i = 0; i < 100; i++) {
            QueryDefinition definition = new DefinitionGrammar(random).next();
            CompiledQuery compiled = compile(definition);
            if (compiled != null) {
                return new Accepted(definition, compiled);
            }
        }
        throw new AssertionError("Expected a query that is accepted, but 100 are not. seed=" + seed);
    }

    private static @Nullable CompiledQuery compile(QueryDefinition definition) {
        try {
            return new EsperQueryCompiler().compile(definition, Queries.TYPES);
        } catch (DefinitionRefusedException e) {
            if (Boolean.getBoolean("evenkeel.replay.refusals")) {
                System.out.println(definition.epl() + "\n    " + e.getMessage());
            }
            refused++;
            return null;
        }
    }
}
