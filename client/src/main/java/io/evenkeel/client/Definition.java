// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.client;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * A definition as a node has it.
 *
 * @param document with all defaults
 * @param etag     changes with each version; for {@link ChangeOptions#ifMatch}
 */
public record Definition(DefinitionId id, JsonNode document, String etag) {
    public Definition {
        requireNonNull(id, "id");
        requireNonNull(document, "document");
        requireNonNull(etag, "etag");
    }
}
