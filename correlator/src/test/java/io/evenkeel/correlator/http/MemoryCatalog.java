// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.http;

import io.evenkeel.query.CatalogSnapshot;
import io.evenkeel.query.catalog.CatalogChange;
import io.evenkeel.query.catalog.CatalogRules;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;

/** The catalog of one process, with the real rules; without compiler and grid. */
public final class MemoryCatalog implements CatalogStore {
    private CatalogSnapshot snapshot = CatalogSnapshot.EMPTY;
    private boolean available = true;
    private List<CatalogChange> race = List.of();

    @Override
    public synchronized CatalogSnapshot current() {
        return snapshot;
    }

    @Override
    public synchronized CatalogSnapshot change(List<CatalogChange> changes, OptionalLong expectedRevision) {
        if (!available) {
            throw new CatalogUnavailableException(
                    "Expected a majority, but this node is alone.", Duration.ofSeconds(7));
        }
        snapshot = CatalogRules.apply(snapshot, race);
        race = List.of();
        if (expectedRevision.isPresent() && expectedRevision.getAsLong() != snapshot.revision()) {
            throw new ConflictException(expectedRevision.getAsLong(), snapshot.revision());
        }
        snapshot = CatalogRules.apply(snapshot, changes);
        return snapshot;
    }

    @Override
    public synchronized void check(List<CatalogChange> changes) {
        CatalogRules.apply(snapshot, changes);
    }

    synchronized void setAvailable(boolean yes) {
        available = yes;
    }

    /** Lets these changes come in between the next reading and its change. */
    synchronized void race(List<CatalogChange> changes) {
        race = changes;
    }
}
