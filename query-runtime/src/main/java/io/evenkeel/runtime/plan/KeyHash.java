// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.plan;

import org.jspecify.annotations.Nullable;

/**
 * Spreads keys over shards. A function of the text of the key values only, so that every node and every run gives the
 * same answer; {@link String#hashCode()} is fixed by its specification.
 */
public final class KeyHash {
    private KeyHash() {}

    /** The shard of a key that has these values, as text. */
    public static int shardOf(Iterable<?> values, int shards) {
        int hash = start();
        for (Object value : values) {
            hash = add(hash, value);
        }
        return shard(hash, shards);
    }

    static int start() {
        return 17;
    }

    static int add(int hash, @Nullable Object value) {
        return 31 * hash + (value == null ? 0 : value.toString().hashCode());
    }

    /** The finalizer of MurmurHash3: keys that differ in few bits land on different shards. */
    static int shard(int hash, int shards) {
        int mixed = hash;
        mixed ^= mixed >>> 16;
        mixed *= 0x85ebca6b;
        mixed ^= mixed >>> 13;
        mixed *= 0xc2b2ae35;
        mixed ^= mixed >>> 16;
        return Math.floorMod(mixed, shards);
    }
}
