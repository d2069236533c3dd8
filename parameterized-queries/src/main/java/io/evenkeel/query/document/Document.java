// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.query.document;

import io.evenkeel.query.EventType;
import io.evenkeel.query.InstanceId;
import io.evenkeel.query.QueryDefinition;
import io.evenkeel.query.Titles;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** One definition as its author wrote it, without fault as far as it can be judged alone. */
public sealed interface Document {

    /** The kind and name of what it defines, for messages: {@code query late-airport}. */
    String title();

    Source source();

    /** Choose by kind; a new kind breaks its callers at compile time. */
    <R> R fold(
            Function<EventTypeDocument, R> eventType,
            Function<QueryDocument, R> query,
            Function<InstanceDocument, R> instance);

    /** Defines an event type. */
    record EventTypeDocument(EventType eventType, Source source) implements Document {
        @Override
        public String title() {
            return Titles.eventType(eventType.name());
        }

        @Override
        public <R> R fold(
                Function<EventTypeDocument, R> eventType,
                Function<QueryDocument, R> query,
                Function<InstanceDocument, R> instance) {
            return eventType.apply(this);
        }
    }

    /** Defines a query. Its EPL is not compiled yet. */
    record QueryDocument(QueryDefinition query, Source source) implements Document {
        @Override
        public String title() {
            return Titles.query(query.name());
        }

        @Override
        public <R> R fold(
                Function<EventTypeDocument, R> eventType,
                Function<QueryDocument, R> query,
                Function<InstanceDocument, R> instance) {
            return query.apply(this);
        }
    }

    /**
     * Names an instance and gives its parameters.
     *
     * @param values raw, by parameter: Boolean, Long, BigInteger, BigDecimal, String or null; they get their types when
     *               the query is known ({@link ParameterValues})
     */
    record InstanceDocument(InstanceId id, Map<String, @Nullable Object> values, Source source) implements Document {
        public InstanceDocument {
            values = Collections.unmodifiableMap(new TreeMap<>(values));
        }

        @Override
        public String title() {
            return Titles.instance(id);
        }

        @Override
        public <R> R fold(
                Function<EventTypeDocument, R> eventType,
                Function<QueryDocument, R> query,
                Function<InstanceDocument, R> instance) {
            return instance.apply(this);
        }
    }
}
