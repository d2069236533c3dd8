// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.http;

import java.util.Arrays;

/**
 * The ids that were added last, as hashes of 64 bits: 24 bytes each at most, where a set of texts takes hundreds. Of a million
 * ids two have the same hash once in 37 million times. For one thread.
 */
final class SeenIds {
    private static final int FIRST_PLACES = 1 << 10;
    private static final long FREE = 0;

    private final int most;
    /** The hashes in the order in which they came, as a ring. Its length is a power of two. */
    private long[] order = new long[FIRST_PLACES];
    /** The same hashes where they are found quickly: at their place or in the next ones. Twice as long. */
    private long[] places = new long[2 * FIRST_PLACES];

    private int oldest;
    private int size;

    /** @param most so many are kept; then the oldest goes for each that comes */
    SeenIds(int most) {
        this.most = most;
    }

    /** @return false if it is there already: then it stays as old as it is */
    boolean add(long hash) {
        long id = hash == FREE ? 1 : hash;
        if (places[find(id)] == id) {
            return false;
        }
        if (size == most) {
            remove(order[oldest]);
            oldest = oldest + 1 & order.length - 1;
            size--;
        } else if (size == order.length) {
            grow();
        }
        order[oldest + size & order.length - 1] = id;
        size++;
        places[find(id)] = id;
        return true;
    }

    boolean contains(long hash) {
        long id = hash == FREE ? 1 : hash;
        return places[find(id)] == id;
    }

    int size() {
        return size;
    }

    void clear() {
        Arrays.fill(places, FREE);
        oldest = 0;
        size = 0;
    }

    /** Where it is, or may be put. */
    private int find(long id) {
        int place = home(id);
        while (places[place] != FREE && places[place] != id) {
            place = place + 1 & places.length - 1;
        }
        return place;
    }

    private int home(long id) {
        return Long.hashCode(id) & places.length - 1;
    }

    /** Those behind it move up, so that none is cut off from its home by a free place. */
    private void remove(long id) {
        int mask = places.length - 1;
        int hole = find(id);
        for (int next = hole + 1 & mask; places[next] != FREE; next = next + 1 & mask) {
            if ((next - home(places[next]) & mask) >= (next - hole & mask)) {
                places[hole] = places[next];
                hole = next;
            }
        }
        places[hole] = FREE;
    }

    private void grow() {
        long[] longer = new long[2 * order.length];
        for (int i = 0; i < size; i++) {
            longer[i] = order[oldest + i & order.length - 1];
        }
        order = longer;
        oldest = 0;
        places = new long[2 * longer.length];
        for (int i = 0; i < size; i++) {
            places[find(order[i])] = order[i];
        }
    }
}
