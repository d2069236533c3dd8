// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.query.catalog;

import io.evenkeel.query.CatalogSnapshot;
import io.evenkeel.query.CatalogSnapshot.Versioned;
import io.evenkeel.query.QueryDefinition;
import io.evenkeel.query.catalog.CatalogChange.DeleteEventType;
import io.evenkeel.query.catalog.CatalogChange.DeleteInstance;
import io.evenkeel.query.catalog.CatalogChange.DeleteQuery;
import java.util.ArrayList;
import java.util.List;

/** What goes with a definition when it is deleted together with all that uses it. Pure. */
public final class Cascade {
    private Cascade() {}

    /**
     * Widen a delete to what depends on it: the instances of a query; the queries of an event type with theirs.
     *
     * @return the change itself as the last one; alone if it is no delete, or nothing depends on it
     */
    public static List<CatalogChange> of(CatalogSnapshot current, CatalogChange change) {
        List<CatalogChange> all = new ArrayList<>();
        if (change instanceof DeleteQuery delete) {
            instances(current, delete.name(), all);
        } else if (change instanceof DeleteEventType delete) {
            for (Versioned<QueryDefinition> query : current.queries().values()) {
                if (query.value().inputs().stream()
                        .anyMatch(input -> input.event().equals(delete.name()))) {
                    instances(current, query.value().name(), all);
                    all.add(new DeleteQuery(query.value().name()));
                }
            }
        }
        all.add(change);
        return all;
    }

    private static void instances(CatalogSnapshot current, String query, List<CatalogChange> all) {
        current.instancesOf(query)
                .forEach(instance -> all.add(new DeleteInstance(instance.value().id())));
    }
}
