// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.query.catalog;

import static java.util.Objects.requireNonNull;

import io.evenkeel.query.CatalogSnapshot;
import io.evenkeel.query.EventType;
import io.evenkeel.query.Fault;
import io.evenkeel.query.FieldType;
import io.evenkeel.query.InstanceId;
import io.evenkeel.query.Parameter;
import io.evenkeel.query.QueryDefinition;
import io.evenkeel.query.QueryInput;
import io.evenkeel.query.QueryInput.SourceTime;
import io.evenkeel.query.QueryInstance;
import io.evenkeel.query.Titles;
import io.evenkeel.query.Wording;
import io.evenkeel.query.document.Document.InstanceDocument;
import io.evenkeel.query.document.ParameterValues;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Holds a proposed catalog together: what refers to what, and by which types. */
final class ProposalCheck {
    private final CatalogSnapshot current;
    private final ProposedCatalog proposed;
    private final SortedMap<InstanceId, QueryInstance> instances = new TreeMap<>();

    ProposalCheck(CatalogSnapshot current, ProposedCatalog proposed) {
        this.current = current;
        this.proposed = proposed;
        proposed.queries().values().forEach(this::checkQuery);
        proposed.given().values().forEach(this::bind);
        proposed.kept().values().forEach(this::keep);
        proposed.queries().values().forEach(this::checkSingle);
    }

    /** The instances with their typed values; complete if no fault was noted. */
    SortedMap<InstanceId, QueryInstance> instances() {
        return instances;
    }

    private void checkQuery(QueryDefinition query) {
        List<@Nullable FieldType> first = new ArrayList<>();
        for (int i = 0; i < query.inputs().size(); i++) {
            QueryInput input = query.inputs().get(i);
            String path = "inputs[" + i + "]";
            EventType type = proposed.eventTypes().get(input.event());
            if (type == null) {
                refuse(
                        query,
                        input.event(),
                        path + ".event",
                        "Expected event type " + Wording.quote(input.event())
                                + " to exist, but it does not; "
                                + Wording.suggest(
                                        input.event(), proposed.eventTypes().keySet()));
                continue;
            }
            List<@Nullable FieldType> key = keyTypes(query, input, path, type);
            checkUnique(query, input, path, type);
            SourceTime time = input.time();
            if (time != null) {
                checkTime(query, path + ".timeFrom", type, time.field());
                checkHeartbeat(query, input, path + ".heartbeat", time);
            }
            if (i == 0) {
                first = key;
            } else if (key.size() != first.size()) {
                refuse(
                        query,
                        input.event(),
                        path + ".key",
                        "Expected as many key fields as in the first input (" + first.size() + "), but there are "
                                + key.size() + ".");
            } else if (!first.contains(null) && !key.contains(null) && !key.equals(first)) {
                refuse(
                        query,
                        input.event(),
                        path + ".key",
                        "Expected key fields of the types of the first input " + texts(first) + ", but they are "
                                + texts(key) + ": values of different types are never equal.");
            }
        }
    }

    /** The types of the key fields; null for one that does not exist. */
    private List<@Nullable FieldType> keyTypes(QueryDefinition query, QueryInput input, String path, EventType type) {
        List<@Nullable FieldType> types = new ArrayList<>();
        for (String field : input.key()) {
            FieldType found = find(type, field);
            types.add(found);
            if (found == null) {
                refuse(
                        query,
                        input.event(),
                        path + ".key",
                        "Expected key field " + Wording.quote(field) + " in event type " + type.name()
                                + ", but it has none of that name; " + Wording.suggest(field, names(type)));
            }
        }
        return types;
    }

    private void checkUnique(QueryDefinition query, QueryInput input, String path, EventType type) {
        for (String field : input.unique()) {
            if (find(type, field) == null) {
                refuse(
                        query,
                        input.event(),
                        path + ".unique",
                        "Expected field " + Wording.quote(field) + " in event type " + type.name()
                                + ", but it has none of that name; " + Wording.suggest(field, names(type)));
            }
        }
    }

    private void checkTime(QueryDefinition query, String path, EventType type, String field) {
        FieldType found = find(type, field);
        if (found != FieldType.TIMESTAMP) {
            List<String> timestamps = type.fields().stream()
                    .filter(candidate -> candidate.type() == FieldType.TIMESTAMP)
                    .map(EventType.Field::name)
                    .toList();
            refuse(
                    query,
                    type.name(),
                    path,
                    "Expected a timestamp field of event type " + type.name() + ", but "
                            + Wording.quote(field) + (found == null ? " does not exist" : " is of type " + found.text())
                            + "; "
                            + Wording.suggest(field, timestamps));
        }
    }

    private void checkHeartbeat(QueryDefinition query, QueryInput input, String path, SourceTime time) {
        if (time.heartbeat() == null) {
            return;
        }
        EventType type = proposed.eventTypes().get(time.heartbeat());
        if (type == null) {
            refuse(
                    query,
                    time.heartbeat(),
                    path,
                    "Expected event type " + Wording.quote(time.heartbeat()) + " to exist, but it does not; "
                            + Wording.suggest(
                                    time.heartbeat(), proposed.eventTypes().keySet()));
        } else if (query.inputs().stream().anyMatch(other -> other.event().equals(time.heartbeat()))) {
            refuse(
                    query,
                    input.event(),
                    path,
                    "Expected an event type that is no input of the query, but " + time.heartbeat()
                            + " is one: its events advance source time anyway. Drop heartbeat.");
        } else {
            checkTime(query, path, type, time.field());
        }
    }

    /** A fault belongs to the query if that is what changes, else to the event type that was pulled from under it. */
    private void refuse(QueryDefinition query, String pulled, String field, String message) {
        String title = Titles.query(query.name());
        if (proposed.changes(title)) {
            proposed.refuse(title, field, message);
        } else {
            String eventType = Titles.eventType(pulled);
            proposed.refuse(
                    eventType,
                    "",
                    "Query " + query.name() + " uses " + eventType + ", " + field + ": " + message
                            + " Change the query first or with it.");
        }
    }

    private void bind(InstanceDocument document) {
        QueryDefinition query = proposed.queries().get(document.id().query());
        if (query == null) {
            String name = document.id().query();
            proposed.refuse(
                    document.title(),
                    "query",
                    "Expected query " + Wording.quote(name) + " to exist, but it does not; "
                            + Wording.suggest(name, proposed.queries().keySet()));
            return;
        }
        List<Fault> faults = new ArrayList<>();
        SortedMap<String, Object> values =
                ParameterValues.bind(query, document.values(), proposed.source(document.title()), faults);
        faults.forEach(fault -> proposed.refuse(document.title(), fault.field(), fault.message()));
        instances.put(document.id(), new QueryInstance(document.id(), values));
    }

    /** An instance that nobody touches has to fit its query still. */
    private void keep(QueryInstance instance) {
        String title = Titles.query(instance.id().query());
        QueryDefinition query = proposed.queries().get(instance.id().query());
        if (query == null) {
            proposed.refuse(
                    title,
                    "",
                    "Expected " + title + " to have no instances, but it has " + instance.id()
                            + ". Delete that first or with it.");
            return;
        }
        QueryDefinition before =
                requireNonNull(current.queries().get(query.name())).value();
        if (query.parameters().equals(before.parameters())) {
            instances.put(instance.id(), instance);
            return;
        }
        List<Fault> faults = new ArrayList<>();
        Map<String, Object> raw = withoutDroppedDefaults(before, query, instance);
        SortedMap<String, Object> values = ParameterValues.bind(query, raw, proposed.source(title), faults);
        for (Fault fault : faults) {
            proposed.refuse(
                    title,
                    fault.field(),
                    "Instance " + instance.id() + " does not fit any more: " + fault.message()
                            + " Change the instance with the query.");
        }
        instances.put(instance.id(), new QueryInstance(instance.id(), values));
    }

    /**
     * A parameter that the query no longer has goes away quietly if the instance never differed from its default. A
     * value that was chosen is refused instead: a parameter that was only renamed would fall back to the default
     * unseen.
     */
    private static Map<String, Object> withoutDroppedDefaults(
            QueryDefinition before, QueryDefinition after, QueryInstance instance) {
        Map<String, Object> raw = new TreeMap<>(ParameterValues.raw(before, instance));
        for (Parameter old : before.parameters()) {
            boolean dropped = after.findParameter(old.name()).isEmpty();
            if (dropped && Objects.equals(instance.values().get(old.name()), old.defaultValue())) {
                raw.remove(old.name());
            }
        }
        return raw;
    }

    private void checkSingle(QueryDefinition query) {
        List<InstanceId> ids = instances.keySet().stream()
                .filter(id -> id.query().equals(query.name()))
                .toList();
        if (query.parameters().isEmpty() && ids.size() > 1) {
            InstanceId culprit = ids.stream()
                    .filter(id -> proposed.changes(Titles.instance(id)))
                    .findFirst()
                    .orElse(ids.get(0));
            String title =
                    proposed.changes(Titles.instance(culprit)) ? Titles.instance(culprit) : Titles.query(query.name());
            proposed.refuse(
                    title,
                    "",
                    "Expected one instance at most of a query without parameters, but there are " + ids
                            + ", which would all give the same matches.");
        }
    }

    private static @Nullable FieldType find(EventType type, String field) {
        var index = type.indexOf(field);
        return index.isPresent() ? type.fields().get(index.getAsInt()).type() : null;
    }

    private static List<String> names(EventType type) {
        return type.fields().stream().map(EventType.Field::name).toList();
    }

    private static List<String> texts(List<@Nullable FieldType> types) {
        return types.stream().map(type -> type == null ? "?" : type.text()).toList();
    }
}
