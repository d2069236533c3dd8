// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.esper;

import io.evenkeel.query.Event;
import io.evenkeel.query.QueryDefinition;
import io.evenkeel.query.QueryInput;
import io.evenkeel.query.QueryInstance;
import io.evenkeel.runtime.engine.CompiledQuery;
import io.evenkeel.runtime.engine.Emission;
import io.evenkeel.runtime.engine.Engine;
import io.evenkeel.runtime.plan.QueryPlan;
import io.evenkeel.runtime.plan.QueryPlans;
import io.evenkeel.runtime.shard.Cause;
import io.evenkeel.runtime.shard.Cause.EventCause;
import io.evenkeel.runtime.shard.Cause.TickCause;
import io.evenkeel.runtime.shard.CauseBlock;
import io.evenkeel.runtime.shard.Match;
import io.evenkeel.runtime.shard.MemoryShardLog;
import io.evenkeel.runtime.shard.Shard;
import io.evenkeel.runtime.shard.ShardRequest;
import io.evenkeel.runtime.shard.ShardSettings;
import io.evenkeel.runtime.shard.Source;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** One query, random events, and the question whether it can be told that it was ever interrupted. */
final class ReplayRun {
    private static final ShardSettings SETTINGS = new ShardSettings(Duration.ofMillis(1), Duration.ofHours(1));
    private static final long START = 1_600_000_000_000L;

    private final Random random;
    private final QueryDefinition definition;
    private final CompiledQuery compiled;
    private final QueryPlans plans;
    private final List<QueryInstance> instances;
    private final List<List<Cause>> batches = new ArrayList<>();
    private final List<Cause> causes;
    private long now = START;
    private int messages;

    ReplayRun(Random random, QueryDefinition definition, CompiledQuery compiled) {
        this.random = random;
        this.definition = definition;
        this.compiled = compiled;
        QueryInstance low = Queries.instance("low", Map.of("p", 2, "span", 5.5));
        QueryInstance high = Queries.instance("high", Map.of("p", 6, "span", 2.0));
        // Deploying takes the most time; two are there to see that they do not get in each other's way.
        this.instances = random.nextInt(4) == 0 ? List.of(low, high) : List.of(random.nextBoolean() ? low : high);
        this.plans = new QueryPlans(1, 1, Map.of("q", new QueryPlan(1, compiled, instances, Queries.TYPES)));
        // A log of windows by number alone is cleaned when it has grown.
        int size = definition.inputs().get(0).within() == null ? 170 : 70;
        for (int i = 0; i < size; i++) {
            batches.add(batch());
        }
        now += 60_000;
        batches.add(List.of(tick()));
        causes = batches.stream().flatMap(List::stream).toList();
    }

    private List<Cause> batch() {
        List<Cause> batch = new ArrayList<>();
        int size = 1 + random.nextInt(3);
        for (int i = 0; i < size; i++) {
            long[] steps = {0, 0, 0, 1, 250, 500, 500, 1_000, 1_000, 2_000};
            now += random.nextInt(60) == 0 ? 40_000 : steps[random.nextInt(steps.length)];
            batch.add(random.nextInt(5) == 0 ? tick() : event());
        }
        return batch;
    }

    private Cause tick() {
        return new TickCause("m" + ++messages, now, now, new TreeMap<>());
    }

    private Cause event() {
        String key = "k" + random.nextInt(3);
        int number = random.nextInt(8);
        Event event = random.nextInt(3) > 0
                ? new Event(
                        Queries.A,
                        new @Nullable Object[] {key, perhaps(number), perhaps(decimal()), perhaps(broken()), now})
                : Queries.b(key, number);
        String id = "m" + ++messages;
        return new EventCause(id, id, event, now);
    }

    private @Nullable Object perhaps(Object value) {
        return random.nextInt(15) == 0 ? null : value;
    }

    /** Of different scales, so that a sum that remembered one would show it. */
    private BigDecimal decimal() {
        return BigDecimal.valueOf(random.nextInt(50), random.nextInt(4));
    }

    /** Of different magnitudes, so that a sum that rounds would show it. */
    private double broken() {
        return random.nextInt(10) == 0 ? 1e15 * random.nextInt(3) : random.nextInt(80) / 10.0;
    }

    /** Runs through a shard with and without interruptions, and says where they differ; empty if they do not. */
    List<String> differences() {
        List<List<Match>> expected = new ArrayList<>();
        MemoryShardLog log = new MemoryShardLog();
        try (Shard shard = Shard.claim(0, "node", log, SETTINGS, plans)) {
            for (int i = 0; i < batches.size(); i++) {
                expected.add(send(shard, new Source("in", 1, i + 1, i, 0, true), i));
            }
        }
        List<String> differences = new ArrayList<>();
        interrupted(expected, differences);
        List<List<Emission>> whole = run(0);
        // Which events count in a window by number, the shard knows better.
        boolean known = definition.inputs().stream()
                .allMatch(input -> input.within() != null
                        || input.filter().isEmpty() && input.unique().isEmpty());
        for (int i = 0; known && i < 2; i++) {
            trimmedTight(whole, random.nextInt(batches.size()), differences);
        }
        matches = expected.stream().mapToInt(List::size).sum();
        return differences;
    }

    private int matches;
    private int claims;

    int matches() {
        return matches;
    }

    int claims() {
        return claims;
    }

    private void interrupted(List<List<Match>> expected, List<String> differences) {
        MemoryShardLog log = new MemoryShardLog();
        Shard shard = Shard.claim(0, "node", log, SETTINGS, plans);
        long generation = 1;
        int first = 0;
        try {
            for (int i = 0; i < batches.size() && differences.isEmpty(); i++) {
                if (batches.get(i).size() > 1 && random.nextInt(20) == 0) {
                    // Died over a part of the batch, before anyone got an answer; the whole comes again.
                    claims++;
                    List<Cause> part = batches.get(i)
                            .subList(0, 1 + random.nextInt(batches.get(i).size() - 1));
                    shard.begin(request(source(generation, first, i), part), now);
                    shard.close();
                    shard = Shard.claim(0, "node", log, SETTINGS, plans);
                    generation++;
                    first = i;
                }
                compare("batch " + i, expected.get(i), send(shard, source(generation, first, i), i), differences);
                if (random.nextInt(20) == 0) {
                    claims++;
                    shard.close();
                    shard = Shard.claim(0, "node", log, SETTINGS, plans);
                    generation++;
                    // Not known to be committed: it comes again.
                    first = i;
                    compare(
                            "batch " + i + " again after a replay of "
                                    + log.read(0).size() + " batches",
                            expected.get(i),
                            send(shard, source(generation, first, i), i),
                            differences);
                }
            }
        } finally {
            shard.close();
        }
    }

    private static Source source(long generation, int first, int batch) {
        return new Source("in", generation, batch - first + 1, batch - first, batch > first ? 2_000 : 0, true);
    }

    private List<Match> send(Shard shard, Source source, int batch) {
        return shard.begin(request(source, batches.get(batch)), now).complete().matches();
    }

    private static ShardRequest request(Source source, List<Cause> causes) {
        return new ShardRequest(0, source, new TreeMap<>(), CauseBlock.of(causes));
    }

    private static void compare(String what, Object expected, Object actual, List<String> differences) {
        if (!expected.equals(actual)) {
            differences.add(what + "\n expected " + expected + "\n but got  " + actual);
        }
    }

    /** Drops all that the declared history allows to drop, to the millisecond, and compares what engines emit after it. */
    private void trimmedTight(List<List<Emission>> whole, int horizon, List<String> differences) {
        int from = batches.subList(0, horizon).stream().mapToInt(List::size).sum();
        long clock = from == 0 ? START : causes.get(from - 1).ingressMs();
        int first = firstNeeded(causes.subList(0, from), clock);
        List<Emission> expected = flat(whole.subList(from, whole.size()));
        List<Emission> actual = flat(run(first).subList(from - first, causes.size() - first));
        if (!expected.equals(actual)) {
            int i = 0;
            while (i < Math.min(expected.size(), actual.size())
                    && expected.get(i).equals(actual.get(i))) {
                i++;
            }
            differences.add("without the first " + first + " of " + from + " causes before " + (clock - START)
                    + " ms, from emission " + i + " on\n expected "
                    + expected.subList(i, Math.min(i + 3, expected.size())) + "\n but got  "
                    + actual.subList(i, Math.min(i + 3, actual.size())));
        }
    }

    private int firstNeeded(List<Cause> causes, long clock) {
        Map<String, Integer> seen = new HashMap<>();
        int needed = causes.size();
        for (int i = causes.size() - 1; i >= 0; i--) {
            if (causes.get(i) instanceof EventCause event) {
                QueryInput input = definition.inputs().stream()
                        .filter(each -> each.event().equals(event.event().type().name()))
                        .findFirst()
                        .orElseThrow();
                String key = input.event()
                        + (input.key().isEmpty() ? "" : event.event().values()[0]);
                Duration within = input.within();
                Integer retain = input.retain();
                boolean visible = within != null
                        ? event.ingressMs() + within.toMillis() >= clock
                        : retain != null && seen.merge(key, 1, Integer::sum) <= retain;
                if (visible) {
                    needed = i;
                }
            }
        }
        return needed;
    }

    private static List<Emission> flat(List<List<Emission>> emissions) {
        return emissions.stream().flatMap(List::stream).toList();
    }

    /** By cause: what an engine emits that sees nothing before a first one. */
    private List<List<Emission>> run(int first) {
        List<List<Emission>> emissions = new ArrayList<>();
        @Nullable Engine engine = null;
        try {
            for (Cause cause : causes.subList(first, causes.size())) {
                Queries.Kept kept = new Queries.Kept();
                if (engine == null && cause instanceof EventCause) {
                    engine = compiled.open(instances, cause.ingressMs());
                }
                if (engine != null) {
                    engine.advanceTo(cause.ingressMs(), kept);
                    if (cause instanceof EventCause event) {
                        engine.apply(event.event(), kept);
                    }
                }
                emissions.add(kept.emissions);
            }
        } finally {
            if (engine != null) {
                engine.close();
            }
        }
        return emissions;
    }
}
