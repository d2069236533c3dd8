// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.http;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.evenkeel.query.CatalogSnapshot;
import io.evenkeel.query.CatalogSnapshot.Versioned;
import io.evenkeel.query.catalog.CatalogChange;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** A definition that a path names, whether it exists or not. */
interface Resource {
    /** As in {@link CatalogChange#title()}. */
    default String title() {
        return delete().title();
    }

    /** The last part of its path; lists are in this order. */
    String name();

    /** The field of a document that has the name. */
    String nameField();

    @Nullable
    Versioned<?> find(CatalogSnapshot snapshot);

    /** The definition as a document. It exists. */
    ObjectNode json(CatalogSnapshot snapshot);

    CatalogChange delete();

    /**
     * The strong ETag of the definition, which exists. It names version and revision, since a definition that was deleted
     * and made again is another one although its version is 1 again; and it ends with a hash of the content.
     */
    default String etag(CatalogSnapshot snapshot) {
        Versioned<?> definition = requireNonNull(find(snapshot));
        byte[] content = json(snapshot).toString().getBytes(StandardCharsets.UTF_8);
        return "\"" + definition.version() + "-" + definition.revision() + "-"
                + ChangeHeaders.hash(content, new byte[0]).substring(0, 12) + "\"";
    }
}
