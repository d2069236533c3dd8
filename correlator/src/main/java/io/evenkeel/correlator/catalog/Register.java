// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.catalog;

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

    /** Keep how a change ended for a long time, under its id. A repeat replaces what is there. */
    void keep(ChangeRecord record);

    /** What {@link #keep} was given for an id; empty: nothing, or long ago. */
    Optional<ChangeRecord> findKept(String id);
}
