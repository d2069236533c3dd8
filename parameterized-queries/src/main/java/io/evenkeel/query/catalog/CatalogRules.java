// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.query.catalog;

import io.evenkeel.query.CatalogSnapshot;
import io.evenkeel.query.CatalogSnapshot.Versioned;
import io.evenkeel.query.DefinitionRefusedException;
import io.evenkeel.query.EventType;
import io.evenkeel.query.InstanceId;
import io.evenkeel.query.QueryDefinition;
import io.evenkeel.query.QueryInstance;
import io.evenkeel.query.Titles;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BiPredicate;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Applies changes to a snapshot of the catalog. Pure: the same arguments give the same answer on every node. */
public final class CatalogRules {
    private CatalogRules() {}

    /**
     * Apply changes together. They are judged by where they lead, so that a query and its instances, or an event type
     * and the queries that follow it, can change in one step.
     *
     * @return the next revision; {@code current} itself if nothing is different afterwards
     * @throws DefinitionRefusedException with every fault of every change; the catalog stays as it is
     */
    public static CatalogSnapshot apply(CatalogSnapshot current, List<CatalogChange> changes) {
        ProposedCatalog proposed = new ProposedCatalog(current, changes);
        SortedMap<InstanceId, QueryInstance> instances = new ProposalCheck(current, proposed).instances();
        if (!proposed.faults().isEmpty()) {
            String title = changes.size() == 1 ? changes.get(0).title() : "change of the catalog";
            throw new DefinitionRefusedException(title, proposed.faults());
        }
        long revision = current.revision() + 1;
        var eventTypes = versions(current.eventTypes(), proposed.eventTypes(), revision, EventType::equals);
        var queries = versions(current.queries(), proposed.queries(), revision, CatalogRules::sameQuery);
        var bound = versions(current.instances(), instances, revision, QueryInstance::equals);
        if (eventTypes.equals(current.eventTypes())
                && queries.equals(current.queries())
                && bound.equals(current.instances())) {
            return current;
        }
        SortedMap<String, Long> deleted = new TreeMap<>(current.deleted());
        noteDeletions(current.eventTypes(), eventTypes, Titles::eventType, revision, deleted);
        noteDeletions(current.queries(), queries, Titles::query, revision, deleted);
        noteDeletions(current.instances(), bound, Titles::instance, revision, deleted);
        return new CatalogSnapshot(revision, eventTypes, queries, bound, latest(deleted));
    }

    /** What is gone is noted; what is here again is not gone any more. Of a large catalog, few definitions change. */
    private static <K, V> void noteDeletions(
            SortedMap<K, Versioned<V>> current,
            SortedMap<K, Versioned<V>> next,
            Function<K, String> title,
            long revision,
            SortedMap<String, Long> deleted) {
        for (K key : current.keySet()) {
            if (!next.containsKey(key)) {
                deleted.put(title.apply(key), revision);
            }
        }
        next.forEach((key, definition) -> {
            if (definition.revision() == revision) {
                deleted.remove(title.apply(key));
            }
        });
    }

    private static SortedMap<String, Long> latest(SortedMap<String, Long> deleted) {
        int excess = deleted.size() - CatalogSnapshot.MOST_DELETED;
        if (excess > 0) {
            List<String> oldest = deleted.entrySet().stream()
                    .sorted(Map.Entry.comparingByValue())
                    .limit(excess)
                    .map(Map.Entry::getKey)
                    .toList();
            oldest.forEach(deleted::remove);
        }
        return deleted;
    }

    private static <K, V> SortedMap<K, Versioned<V>> versions(
            SortedMap<K, Versioned<V>> current, SortedMap<K, V> proposed, long revision, BiPredicate<V, V> same) {
        SortedMap<K, Versioned<V>> next = new TreeMap<>();
        for (Map.Entry<K, V> entry : proposed.entrySet()) {
            V value = entry.getValue();
            @Nullable Versioned<V> old = current.get(entry.getKey());
            if (old == null) {
                next.put(entry.getKey(), new Versioned<>(value, 1, revision));
            } else if (same.test(old.value(), value)) {
                next.put(entry.getKey(), old);
            } else {
                next.put(entry.getKey(), new Versioned<>(value, old.version() + 1, revision));
            }
        }
        return next;
    }

    /** Where the EPL stands in its file is of no meaning: a comment above it must not restart the query. */
    static boolean sameQuery(QueryDefinition left, QueryDefinition right) {
        return left.equals(new QueryDefinition(
                right.name(),
                right.description(),
                right.parameters(),
                right.inputs(),
                right.epl(),
                left.eplLine(),
                right.output(),
                right.errors()));
    }
}
