// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.shard;

import org.jspecify.annotations.Nullable;

/**
 * Causes by their message ids. A shard knows hundreds of thousands of them and looks one up for each event: entries of a
 * {@link java.util.HashMap} would take as much memory as the causes, and the collector would follow each of them. Here
 * are two arrays: the {@linkplain LoggedCause#idHash hashes}, which say nearly always whether an id is there without touching
 * anything else, and the causes. Collisions go to the next free place (open addressing with linear probing; removal closes the gap, after Knuth,
 * The Art of Computer Programming, volume 3, section 6.4, algorithm R).
 *
 * <p>Not for use by two threads at once.
 */
final class CauseTable {
    private static final int SMALLEST = 64;

    private int[] hashes = new int[SMALLEST];
    private @Nullable LoggedCause[] causes = new @Nullable LoggedCause[SMALLEST];
    private int size;

    int size() {
        return size;
    }

    /** The cause with the same id as another one; null if there is none. */
    @Nullable
    LoggedCause find(LoggedCause like) {
        return causes[placeOf(like, like.idHash())];
    }

    /** Adds a cause; one with the same id gives way. */
    void add(LoggedCause cause) {
        int hash = cause.idHash();
        int place = placeOf(cause, hash);
        if (causes[place] == null) {
            size++;
        }
        hashes[place] = hash;
        causes[place] = cause;
        if (size > causes.length / 2) {
            resize(causes.length * 2);
        }
    }

    /** Removes the cause with the same id. */
    void remove(LoggedCause like) {
        int mask = causes.length - 1;
        int gap = placeOf(like, like.idHash());
        if (causes[gap] == null) {
            return;
        }
        size--;
        for (int next = gap + 1 & mask; causes[next] != null; next = next + 1 & mask) {
            // Whoever would be found from the gap on moves into it; its place is the new gap.
            int wanted = hashes[next] & mask;
            if ((next - wanted & mask) >= (next - gap & mask)) {
                hashes[gap] = hashes[next];
                causes[gap] = causes[next];
                gap = next;
            }
        }
        causes[gap] = null;
        if (size < causes.length / 8 && causes.length > SMALLEST) {
            resize(causes.length / 2);
        }
    }

    /** Where a cause with that id is, or would be put. */
    private int placeOf(LoggedCause like, int hash) {
        int mask = causes.length - 1;
        int place = hash & mask;
        while (true) {
            LoggedCause cause = causes[place];
            if (cause == null || hashes[place] == hash && cause.hasIdOf(like)) {
                return place;
            }
            place = place + 1 & mask;
        }
    }

    private void resize(int length) {
        int[] oldHashes = hashes;
        @Nullable LoggedCause[] oldCauses = causes;
        hashes = new int[length];
        causes = new @Nullable LoggedCause[length];
        for (int i = 0; i < oldCauses.length; i++) {
            if (oldCauses[i] != null) {
                int place = oldHashes[i] & length - 1;
                while (causes[place] != null) {
                    place = place + 1 & length - 1;
                }
                hashes[place] = oldHashes[i];
                causes[place] = oldCauses[i];
            }
        }
    }
}
