// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.client;

import static java.util.Objects.requireNonNull;

/**
 * A definition in a list.
 *
 * @param version  counts from 1 since it was made
 * @param revision of the catalog that brought this version
 */
public record ListedDefinition(Definition definition, long version, long revision) {
    public ListedDefinition {
        requireNonNull(definition, "definition");
    }
}
