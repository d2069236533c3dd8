// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.http;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.evenkeel.query.CatalogSnapshot;
import io.evenkeel.query.CatalogSnapshot.Versioned;
import io.evenkeel.query.InstanceId;
import io.evenkeel.query.QueryInstance;
import io.evenkeel.query.catalog.CatalogChange;
import io.evenkeel.query.document.DocumentWriter;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** {@code /api/v1/queries/{name}/instances/{id}} */
record InstanceResource(String query, String name) implements Resource {

    static List<Resource> all(CatalogSnapshot snapshot, String query) {
        return snapshot.instancesOf(query).stream()
                .<Resource>map(instance ->
                        new InstanceResource(query, instance.value().id().name()))
                .toList();
    }

    @Override
    public String nameField() {
        return "instance";
    }

    private InstanceId id() {
        return new InstanceId(query, name);
    }

    @Override
    public @Nullable Versioned<QueryInstance> find(CatalogSnapshot snapshot) {
        return snapshot.instances().get(id());
    }

    @Override
    public ObjectNode json(CatalogSnapshot snapshot) {
        var definition = Objects.requireNonNull(snapshot.queries().get(query)).value();
        return DocumentWriter.json(
                definition, Objects.requireNonNull(find(snapshot)).value());
    }

    @Override
    public CatalogChange delete() {
        return new CatalogChange.DeleteInstance(id());
    }
}
