// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.http;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.evenkeel.query.CatalogSnapshot;
import io.evenkeel.query.CatalogSnapshot.Versioned;
import io.evenkeel.query.EventType;
import io.evenkeel.query.catalog.CatalogChange;
import io.evenkeel.query.document.DocumentWriter;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** {@code /api/v1/events/{type}} */
record EventTypeResource(String name) implements Resource {

    static List<Resource> all(CatalogSnapshot snapshot) {
        return snapshot.eventTypes().keySet().stream()
                .<Resource>map(EventTypeResource::new)
                .toList();
    }

    @Override
    public String nameField() {
        return "event";
    }

    @Override
    public @Nullable Versioned<EventType> find(CatalogSnapshot snapshot) {
        return snapshot.eventTypes().get(name);
    }

    @Override
    public ObjectNode json(CatalogSnapshot snapshot) {
        return DocumentWriter.json(Objects.requireNonNull(find(snapshot)).value());
    }

    @Override
    public CatalogChange delete() {
        return new CatalogChange.DeleteEventType(name);
    }
}
