// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.catalog;

import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * Where the {@link RegisterState} is kept: one value that all nodes of the cluster see, and replace one after the other.
 *
 * <p><b>Threads.</b> Any; calls block.
 * <p><b>Failure.</b> {@link CatalogUnavailableException} if there is no answer for certain. After a {@link #replace} that
 * failed so, it may have happened: read again once it is safe.
 */
public interface Register {
    /** The value as it is on all copies: it does not go back after this. */
    RegisterState read();

    /** The version of the value; quick, and without the promise of {@link #read}. */
    long peekVersion();

    /**
     * Replace the value whose version is one less than that of {@code next}.
     *
     * @return {@code next} itself if that was done; else the value that is there instead
     */
    RegisterState replace(RegisterState next);

    /** Keep how changes ended for a long time, under their ids. A repeat replaces what is there. */
    void keep(Collection<ChangeRecord> records);

    /** What {@link #keep} was given for these ids, in no particular order; nothing for what was kept long ago. */
    List<ChangeRecord> findKept(Collection<String> ids);

    /** What {@link #keep} was given for an id; empty: nothing, or long ago. */
    default Optional<ChangeRecord> findKept(String id) {
        return findKept(List.of(id)).stream().findFirst();
    }
}
