// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.catalog;

import io.evenkeel.query.CatalogSnapshot;
import io.evenkeel.query.catalog.CatalogCodec;
import org.jspecify.annotations.Nullable;

/** A snapshot as it travels and as it lies on disk, with its hash. Immutable: nobody changes the array. */
public final class CatalogBytes {
    /** The catalog before the first change. */
    public static final CatalogBytes EMPTY = of(CatalogSnapshot.EMPTY);

    private final long revision;
    private final byte[] bytes;
    private final String hash;
    private volatile @Nullable CatalogSnapshot decoded;

    private CatalogBytes(long revision, byte[] bytes, String hash) {
        this.revision = revision;
        this.bytes = bytes;
        this.hash = hash;
    }

    public static CatalogBytes of(CatalogSnapshot snapshot) {
        byte[] bytes = CatalogCodec.encode(snapshot);
        CatalogBytes encoded = new CatalogBytes(snapshot.revision(), bytes, hashOf(bytes));
        encoded.decoded = snapshot;
        return encoded;
    }

    /** @param bytes of a snapshot of that revision; kept, not copied */
    public static CatalogBytes of(long revision, byte[] bytes) {
        return new CatalogBytes(revision, bytes, hashOf(bytes));
    }

    public long revision() {
        return revision;
    }

    /** Not to be changed. */
    public byte[] bytes() {
        return bytes;
    }

    /** SHA-256 of the bytes, in hex. Equal catalogs have equal hashes, on every node. */
    public String hash() {
        return hash;
    }

    /** @throws IllegalArgumentException if these are no bytes of a snapshot */
    public CatalogSnapshot snapshot() {
        CatalogSnapshot snapshot = decoded;
        if (snapshot == null) {
            snapshot = CatalogCodec.decode(bytes);
            decoded = snapshot;
        }
        return snapshot;
    }

    static String hashOf(byte[] bytes) {
        return Sha256.hex(bytes);
    }
}
