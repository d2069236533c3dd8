// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.catalog;

import java.io.IOException;
import java.nio.file.Path;

/** The catalog on a node's disk, as a {@link WholeFile}; of two that are whole the newer one counts. */
public final class CatalogFile implements CatalogDisk {
    private final WholeFile<RegisterState> file;

    /** @param folder made if it is not there */
    public CatalogFile(Path folder) {
        this.file = new WholeFile<>(folder, "catalog", RegisterCodec::decode);
    }

    @Override
    public Kept read() {
        WholeFile.Found<RegisterState> found = file.read();
        RegisterState newest = RegisterState.EMPTY;
        for (RegisterState one : found.values()) {
            newest = one.newerThan(newest) ? one : newest;
        }
        return new Kept(newest, found.findings());
    }

    @Override
    public void store(RegisterState state) throws IOException {
        file.store(RegisterCodec.encode(state.settled()));
    }
}
