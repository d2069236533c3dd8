// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.catalog;

import java.io.IOException;
import java.util.List;

/** Where a node keeps the catalog for the time after its end. Not for several threads at once. */
public interface CatalogDisk {

    /**
     * What is on the disk.
     *
     * @param state    the newest that is whole; {@link RegisterState#EMPTY} if there is none
     * @param findings what is wrong with files that are not; empty: nothing
     */
    record Kept(RegisterState state, List<String> findings) {
        public Kept {
            findings = List.copyOf(findings);
        }
    }

    Kept read();

    /**
     * Keep a catalog, and how the latest changes ended, so that their ids are known after a restart of the whole cluster.
     * It is on the disk when this returns; the one before is kept beside it. What is open is not kept: nobody will decide
     * it.
     */
    void store(RegisterState state) throws IOException;
}
