// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.shard;

import static java.util.Objects.requireNonNull;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Causes of one shard in receive order, as objects, as bytes, or both.
 *
 * <p>A receiver makes one from objects, sends the bytes, and the owner stores the same bytes in the log: they are
 * encoded once. Either form is derived from the other when it is first asked for. Not for use by two threads at once.
 */
public final class CauseBlock {
    private static final CauseBlock EMPTY = new CauseBlock(List.of(), null, 0);

    private @Nullable List<Cause> causes;
    private byte @Nullable [] bytes;
    private final int size;

    private CauseBlock(@Nullable List<Cause> causes, byte @Nullable [] bytes, int size) {
        this.causes = causes;
        this.bytes = bytes;
        this.size = size;
    }

    public static CauseBlock empty() {
        return EMPTY;
    }

    public static CauseBlock of(List<Cause> causes) {
        return new CauseBlock(List.copyOf(causes), null, causes.size());
    }

    /** @param bytes what {@link #bytes()} gave; not copied */
    public static CauseBlock decode(byte[] bytes) {
        return new CauseBlock(null, requireNonNull(bytes, "bytes"), CauseCodec.count(bytes));
    }

    public int size() {
        return size;
    }

    public boolean isEmpty() {
        return size == 0;
    }

    /** The causes; unmodifiable. */
    public List<Cause> causes() {
        List<Cause> known = causes;
        if (known == null) {
            known = CauseCodec.decode(requireNonNull(bytes));
            causes = known;
        }
        return known;
    }

    /** The encoded form. Not a copy: do not change it. */
    public byte[] bytes() {
        byte[] known = bytes;
        if (known == null) {
            known = CauseCodec.encode(requireNonNull(causes));
            bytes = known;
        }
        return known;
    }

    /** The same block without its objects: what the log keeps, since bytes take a fraction of the memory. */
    public CauseBlock compact() {
        return new CauseBlock(null, bytes(), size);
    }
}
