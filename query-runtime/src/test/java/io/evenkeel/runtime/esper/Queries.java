// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.esper;

import io.evenkeel.query.Event;
import io.evenkeel.query.EventType;
import io.evenkeel.query.FieldType;
import io.evenkeel.query.InstanceId;
import io.evenkeel.query.Parameter;
import io.evenkeel.query.ParameterType;
import io.evenkeel.query.QueryDefinition;
import io.evenkeel.query.QueryInput;
import io.evenkeel.query.QueryInstance;
import io.evenkeel.runtime.engine.Emission;
import io.evenkeel.runtime.engine.EmissionSink;
import io.evenkeel.runtime.engine.Engine;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The words that the tests of this package are written in: two event types, A and B, and queries over them. */
final class Queries {
    static final EventType A = new EventType(
            "A",
            "",
            List.of(
                    new EventType.Field("k", FieldType.STRING),
                    new EventType.Field("v", FieldType.INTEGER),
                    new EventType.Field("d", FieldType.DECIMAL),
                    new EventType.Field("x", FieldType.DOUBLE),
                    new EventType.Field("t", FieldType.TIMESTAMP)));
    static final EventType B = new EventType(
            "B", "", List.of(new EventType.Field("k2", FieldType.STRING), new EventType.Field("w", FieldType.INTEGER)));
    static final Map<String, EventType> TYPES = Map.of("A", A, "B", B);
    static final Duration WITHIN = Duration.ofSeconds(30);

    private Queries() {}

    /** Over A and B, keyed by k and k2, with {@link #WITHIN}. */
    static QueryDefinition query(String epl, Parameter... parameters) {
        return query(epl, List.of(input("A", WITHIN, null, "k"), input("B", WITHIN, null, "k2")), parameters);
    }

    static QueryDefinition query(String epl, List<QueryInput> inputs, Parameter... parameters) {
        return new QueryDefinition(
                "q", "", List.of(parameters), inputs, epl, 10, new QueryDefinition.Output("M", "queue:m"));
    }

    static QueryInput input(String event, @Nullable Duration within, @Nullable Integer retain, String... key) {
        return new QueryInput(event, List.of(key), within, retain, null, Duration.ZERO);
    }

    static Parameter parameter(String name, ParameterType type) {
        return new Parameter(name, type, null, null, null, List.of(), "");
    }

    static QueryInstance instance(String name, Map<String, Object> values) {
        return new QueryInstance(new InstanceId("q", name), new TreeMap<>(values));
    }

    static Event a(String k, @Nullable Integer v) {
        return new Event(A, new @Nullable Object[] {k, v, null, null, null});
    }

    static Event a(String k, int v, long t) {
        return new Event(A, new @Nullable Object[] {k, v, null, null, t});
    }

    static Event b(String k, int w) {
        return new Event(B, new Object[] {k, w});
    }

    static Engine open(QueryDefinition query, QueryInstance... instances) {
        return new EsperQueryCompiler().compile(query, TYPES).open(List.of(instances), 0);
    }

    /** Keeps all that is emitted. */
    static final class Kept implements EmissionSink {
        final List<Emission> emissions = new ArrayList<>();

        @Override
        public boolean wanted() {
            return true;
        }

        @Override
        public void emit(Emission emission) {
            emissions.add(emission);
        }

        List<String> bodies() {
            return emissions.stream().map(Emission::body).toList();
        }
    }
}
