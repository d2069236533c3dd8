// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.shard;

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
import io.evenkeel.runtime.plan.QueryPlan;
import io.evenkeel.runtime.plan.QueryPlans;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A query that emits each event that it is shown, so that a test sees what was shown when; with {@code retain} also the
 * texts of the events of the key that the window holds.
 *
 * @param applied events that its engines were shown so far, live or in a replay
 */
record EchoQuery(QueryDefinition definition, AtomicInteger applied) implements CompiledQuery {
    static final String NAME = "echo";
    static final EventType A = type("A");
    static final EventType B = type("B");
    static final EventType BEAT = type("Beat");

    static EchoQuery of(QueryInput... inputs) {
        return new EchoQuery(
                new QueryDefinition(
                        NAME,
                        "",
                        List.of(),
                        List.of(inputs),
                        "select * from A",
                        1,
                        new QueryDefinition.Output("Echo", "queue:echo")),
                new AtomicInteger());
    }

    private static EventType type(String name) {
        return new EventType(
                name,
                "",
                List.of(
                        new EventType.Field("key", FieldType.STRING),
                        new EventType.Field("text", FieldType.STRING),
                        new EventType.Field("at", FieldType.TIMESTAMP)));
    }

    static Event event(EventType type, String key, String text, long at) {
        return new Event(type, new @Nullable Object[] {key, text, at});
    }

    QueryPlans plans(int shards) {
        QueryInstance instance = new QueryInstance(new InstanceId(NAME, "one"), new TreeMap<>());
        QueryPlan plan = new QueryPlan(1, this, List.of(instance), Map.of("A", A, "B", B));
        return new QueryPlans(1, shards, Map.of(NAME, plan));
    }

    @Override
    public Engine open(List<QueryInstance> instances, long startTime) {
        return new EchoEngine(definition, instances.get(0).id(), startTime, applied);
    }

    private record Shown(Event event, long at) {}

    private static final class EchoEngine implements Engine {
        private final Map<String, QueryInput> inputs = new TreeMap<>();
        private final Map<String, Deque<Shown>> windows = new TreeMap<>();
        private final InstanceId instance;
        private final AtomicInteger applied;
        private long now;

        EchoEngine(QueryDefinition definition, InstanceId instance, long startTime, AtomicInteger applied) {
            definition.inputs().forEach(input -> inputs.put(input.event(), input));
            this.instance = instance;
            this.applied = applied;
            this.now = startTime;
        }

        @Override
        public void advanceTo(long engineTime, EmissionSink sink) {
            if (engineTime < now) {
                throw new IllegalArgumentException("time goes back from " + now + " to " + engineTime);
            }
            now = engineTime;
        }

        @Override
        public void apply(Event event, EmissionSink sink) {
            applied.incrementAndGet();
            String window =
                    window(event, Objects.requireNonNull(inputs.get(event.type().name())));
            if (sink.wanted()) {
                String text = event.type().name() + " " + event.values()[1] + " at " + now + window;
                sink.emit(new Emission(instance, String.valueOf(event.values()[0]), now, text));
            }
        }

        /** The newest of each value, and of these the newest by number. */
        private String window(Event event, QueryInput input) {
            if (input.retain() == null) {
                return "";
            }
            Deque<Shown> window =
                    windows.computeIfAbsent(event.type().name() + " " + event.values()[0], key -> new ArrayDeque<>());
            Shown shown = new Shown(event, now);
            window.addLast(shown);
            Duration within = input.within();
            window.removeIf(other -> within != null && other.at() <= now - within.toMillis());
            if (!input.unique().isEmpty()) {
                window.removeIf(
                        other -> other != shown && Objects.equals(other.event().values()[1], event.values()[1]));
            }
            if (window.size() > input.retain()) {
                window.removeFirst();
            }
            return window.stream().map(held -> " " + held.event().values()[1]).collect(Collectors.joining());
        }

        @Override
        public OptionalLong nextTimer() {
            return OptionalLong.empty();
        }

        @Override
        public long engineTime() {
            return now;
        }

        @Override
        public void close() {
            // Nothing to free.
        }
    }
}
