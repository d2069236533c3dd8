// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.catalog;

import static java.util.Objects.requireNonNull;

import io.evenkeel.query.CatalogSnapshot;

/**
 * A change that is in force.
 *
 * @param before   what it was made on; of a repeat, the same as {@code catalog}
 * @param catalog  the snapshot with the change
 * @param repeated true if it was made by an earlier request with its id
 */
public record ChangeOutcome(ChangeRecord record, CatalogSnapshot before, CatalogSnapshot catalog, boolean repeated) {
    public ChangeOutcome {
        requireNonNull(record, "record");
        requireNonNull(before, "before");
        requireNonNull(catalog, "catalog");
    }
}
