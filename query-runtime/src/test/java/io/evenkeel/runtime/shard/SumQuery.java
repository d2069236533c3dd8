// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.shard;

import io.evenkeel.query.ErrorPolicy;
import io.evenkeel.query.Event;
import io.evenkeel.query.EventType;
import io.evenkeel.query.FieldType;
import io.evenkeel.query.InstanceId;
import io.evenkeel.query.QueryDefinition;
import io.evenkeel.query.QueryInput;
import io.evenkeel.query.QueryInstance;
import io.evenkeel.runtime.engine.CompiledQuery;
import io.evenkeel.runtime.engine.Emission;
import io.evenkeel.runtime.engine.EmissionSink;
import io.evenkeel.runtime.engine.Engine;
import io.evenkeel.runtime.engine.InstanceFailedException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A query small enough to be simulated by the million: per key the sum of a window in time, and a timer that fires when
 * a key was silent. It says what an engine does without an engine.
 */
public final class SumQuery implements CompiledQuery {
    static final Duration WINDOW = Duration.ofMillis(200);
    static final long SILENCE_MS = 80;
    /** An instance throws at an event with this value if its threshold is odd. */
    public static final int POISON = 13;
    /** An instance works long at an event with this value if its threshold is odd. */
    static final int TOIL = 17;
    /** How long that is, and how long anything else takes. */
    static final long TOIL_NANOS = 300_000_000;

    static final long WORK_NANOS = 1_000_000;
    /** The stack gives out at an event with this value if a threshold is odd; nothing says whose it was. */
    static final int DEEP = 1_000_001;
    /** The memory gives out at an event with this value if instances share an engine. */
    static final int WIDE = 1_000_003;

    public static final EventType TYPE = new EventType(
            "Reading",
            "",
            List.of(
                    new EventType.Field("key", FieldType.STRING),
                    new EventType.Field("value", FieldType.INTEGER),
                    new EventType.Field("at", FieldType.TIMESTAMP)));

    private final QueryDefinition definition;
    /** What all engines have worked. */
    private long workedNanos;

    public SumQuery(String name, boolean sourceTime) {
        this(name, sourceTime ? QueryInput.SourceTime.of("at", Duration.ZERO) : null);
    }

    SumQuery(String name, QueryInput.@Nullable SourceTime time) {
        this(name, time, ErrorPolicy.DEFAULT);
    }

    SumQuery(String name, QueryInput.@Nullable SourceTime time, ErrorPolicy errors) {
        definition = new QueryDefinition(
                name,
                "",
                List.of(),
                List.of(new QueryInput("Reading", List.of("key"), WINDOW, null, null, Duration.ZERO).on(time)),
                "select key, sum(value) from Reading",
                1,
                new QueryDefinition.Output("Sum", "queue:sums"),
                errors);
    }

    long workedNanos() {
        return workedNanos;
    }

    public static Event reading(String key, int value, long at) {
        return new Event(TYPE, new @Nullable Object[] {key, value, at});
    }

    public static QueryInstance instance(String query, String name, int threshold) {
        return new QueryInstance(new InstanceId(query, name), new TreeMap<>(java.util.Map.of("threshold", threshold)));
    }

    @Override
    public QueryDefinition definition() {
        return definition;
    }

    @Override
    public SumEngine open(List<QueryInstance> instances, long startTime) {
        return new SumEngine(this, instances, startTime);
    }

    private record Reading(long time, int value) {}

    public static final class SumEngine implements Engine {
        private final SumQuery query;
        private final List<QueryInstance> instances;
        private final SortedMap<String, Deque<Reading>> windows = new TreeMap<>();
        private final SortedMap<String, Long> lastSeen = new TreeMap<>();
        private final TreeMap<Long, TreeSet<String>> timers = new TreeMap<>();
        private long now;
        private boolean broken;

        SumEngine(SumQuery query, List<QueryInstance> instances, long startTime) {
            this.query = query;
            this.instances = instances;
            this.now = startTime;
        }

        @Override
        public void advanceTo(long engineTime, EmissionSink sink) {
            requireUsable();
            if (engineTime < now) {
                throw new IllegalArgumentException("time goes back from " + now + " to " + engineTime);
            }
            while (!timers.isEmpty() && timers.firstKey() <= engineTime) {
                var due = timers.pollFirstEntry();
                now = due.getKey();
                for (String key : due.getValue()) {
                    if (lastSeen.get(key) + SILENCE_MS == now) {
                        emit(sink, key, "silent since " + lastSeen.get(key), 0, true);
                    }
                }
            }
            now = engineTime;
        }

        @Override
        public void apply(Event event, EmissionSink sink) {
            requireUsable();
            String key = (String) event.values()[0];
            int value = (Integer) event.values()[1];
            Deque<Reading> window = windows.computeIfAbsent(key, k -> new ArrayDeque<>());
            window.addLast(new Reading(now, value));
            while (window.getFirst().time() <= now - WINDOW.toMillis()) {
                window.removeFirst();
            }
            lastSeen.put(key, now);
            timers.computeIfAbsent(now + SILENCE_MS, t -> new TreeSet<>()).add(key);
            int sum = window.stream().mapToInt(Reading::value).sum();
            emit(sink, key, "sum " + sum + " of " + window.size(), sum, false);
            for (QueryInstance instance : instances) {
                query.workedNanos += value == TOIL && threshold(instance) % 2 == 1 ? TOIL_NANOS : WORK_NANOS;
            }
            if (value == WIDE && instances.size() > 1) {
                throw new OutOfMemoryError("too much for all of them");
            }
            if (value == DEEP && instances.stream().anyMatch(instance -> threshold(instance) % 2 == 1)) {
                throw new StackOverflowError();
            }
            if (value == POISON) {
                for (QueryInstance instance : instances) {
                    if (threshold(instance) % 2 == 1) {
                        broken = true;
                        throw new InstanceFailedException(
                                instance.id(), event.toString(), now, new ArithmeticException("poison"));
                    }
                }
            }
        }

        private void emit(EmissionSink sink, String key, String text, int sum, boolean always) {
            if (sink.wanted()) {
                for (QueryInstance instance : instances) {
                    if (always || sum >= threshold(instance)) {
                        sink.emit(new Emission(instance.id(), key, now, text + " at " + now));
                    }
                }
            }
        }

        private static int threshold(QueryInstance instance) {
            return (Integer) instance.values().get("threshold");
        }

        @Override
        public OptionalLong nextTimer() {
            return timers.isEmpty() ? OptionalLong.empty() : OptionalLong.of(timers.firstKey());
        }

        @Override
        public long engineTime() {
            return now;
        }

        /** What a later event could still see. */
        String visibleAt(long time) {
            StringBuilder text = new StringBuilder();
            windows.forEach((key, window) -> {
                List<Reading> live = window.stream()
                        .filter(reading -> reading.time() > time - WINDOW.toMillis())
                        .toList();
                if (!live.isEmpty()) {
                    text.append(key).append('=').append(live).append(' ');
                }
            });
            return text.toString();
        }

        private void requireUsable() {
            if (broken) {
                throw new IllegalStateException("used after it threw");
            }
        }

        @Override
        public void close() {
            broken = true;
        }
    }
}
