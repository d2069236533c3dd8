// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.query.catalog;

import io.evenkeel.query.CatalogSnapshot;
import io.evenkeel.query.EventType;
import io.evenkeel.query.Fault;
import io.evenkeel.query.InstanceId;
import io.evenkeel.query.QueryDefinition;
import io.evenkeel.query.QueryInstance;
import io.evenkeel.query.Wording;
import io.evenkeel.query.catalog.CatalogChange.DeleteEventType;
import io.evenkeel.query.catalog.CatalogChange.DeleteInstance;
import io.evenkeel.query.catalog.CatalogChange.DeleteQuery;
import io.evenkeel.query.catalog.CatalogChange.PutEventType;
import io.evenkeel.query.catalog.CatalogChange.PutInstance;
import io.evenkeel.query.catalog.CatalogChange.PutQuery;
import io.evenkeel.query.document.Document.InstanceDocument;
import io.evenkeel.query.document.Source;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Where a list of changes would lead, not judged yet, and the faults found on the way. */
final class ProposedCatalog {
    private final SortedMap<String, EventType> eventTypes = new TreeMap<>();
    private final SortedMap<String, QueryDefinition> queries = new TreeMap<>();
    private final SortedMap<InstanceId, QueryInstance> kept = new TreeMap<>();
    private final SortedMap<InstanceId, InstanceDocument> given = new TreeMap<>();
    private final Map<String, Source> sources = new HashMap<>();
    private final boolean single;
    private final List<Fault> faults = new ArrayList<>();

    ProposedCatalog(CatalogSnapshot current, List<CatalogChange> changes) {
        current.eventTypes().forEach((name, type) -> eventTypes.put(name, type.value()));
        current.queries().forEach((name, query) -> queries.put(name, query.value()));
        current.instances().forEach((id, instance) -> kept.put(id, instance.value()));
        single = changes.size() == 1;
        changes.forEach(this::step);
    }

    private void step(CatalogChange change) {
        sources.put(change.title(), Source.NONE);
        if (change instanceof PutEventType put) {
            eventTypes.put(put.document().eventType().name(), put.document().eventType());
            sources.put(change.title(), put.document().source());
        } else if (change instanceof PutQuery put) {
            queries.put(put.document().query().name(), put.document().query());
            sources.put(change.title(), put.document().source());
        } else if (change instanceof PutInstance put) {
            given.put(put.document().id(), put.document());
            kept.remove(put.document().id());
            sources.put(change.title(), put.document().source());
        } else if (change instanceof DeleteEventType delete) {
            deleted(change, eventTypes.remove(delete.name()), delete.name(), eventTypes.keySet());
        } else if (change instanceof DeleteQuery delete) {
            deleted(change, queries.remove(delete.name()), delete.name(), queries.keySet());
        } else if (change instanceof DeleteInstance delete) {
            Object removed = given.containsKey(delete.id()) ? given.remove(delete.id()) : kept.remove(delete.id());
            List<String> known =
                    kept.keySet().stream().map(InstanceId::toString).toList();
            deleted(change, removed, delete.id().toString(), known);
        }
    }

    private void deleted(CatalogChange change, @Nullable Object removed, String name, Collection<String> known) {
        if (removed == null) {
            refuse(
                    change.title(),
                    "",
                    "Expected " + change.title() + " to exist, but it does not; " + Wording.suggest(name, known));
        }
    }

    /** Note a fault of one of the changes. */
    void refuse(String title, String field, String message) {
        int line = sources.getOrDefault(title, Source.NONE).line(field);
        faults.add(new Fault(line, field, single ? message : title + ": " + message));
    }

    /** True if the thing with this title is put or deleted by the changes. */
    boolean changes(String title) {
        return sources.containsKey(title);
    }

    Source source(String title) {
        return sources.getOrDefault(title, Source.NONE);
    }

    SortedMap<String, EventType> eventTypes() {
        return eventTypes;
    }

    SortedMap<String, QueryDefinition> queries() {
        return queries;
    }

    /** Instances that no change puts or deletes. */
    SortedMap<InstanceId, QueryInstance> kept() {
        return kept;
    }

    /** Instances that the changes put. */
    SortedMap<InstanceId, InstanceDocument> given() {
        return given;
    }

    List<Fault> faults() {
        return faults;
    }
}
