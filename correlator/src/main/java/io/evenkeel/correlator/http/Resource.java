// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.http;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.evenkeel.query.CatalogSnapshot;
import io.evenkeel.query.CatalogSnapshot.Versioned;
import io.evenkeel.query.catalog.CatalogChange;
import org.jspecify.annotations.Nullable;

/** A definition that a path names, whether it exists or not. */
interface Resource {
    /** As in {@link CatalogChange#title()}. */
    String title();

    /** The field of a document that has the name. */
    String nameField();

    @Nullable
    Versioned<?> find(CatalogSnapshot snapshot);

    /** The definition as a document. It exists. */
    ObjectNode json(CatalogSnapshot snapshot);

    CatalogChange delete();
}
