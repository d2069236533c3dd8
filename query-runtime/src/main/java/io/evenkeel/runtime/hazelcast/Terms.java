// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.hazelcast;

import com.hazelcast.core.HazelcastInstance;

/**
 * The numbers under which nodes claim shards. A node may claim under a term when a majority has promised it to that node, and a
 * node promises each term once, to whoever asks first, and none below it afterwards. Two majorities have a node in common. So
 * whoever claims something later, in whatever part of a split grid, does it under a higher term, and no two do it under the same.
 *
 * <p>The epochs of a term's claims follow its number, so that of two logs the one that was written to in the later epoch has been
 * written to by the later majority. The idea is that of the ballots of Paxos (Lamport, "The Part-Time Parliament") and of the
 * terms of Raft.
 *
 * <p>What was promised is kept in memory only: a node that ends and comes back has promised nothing. Thread-safe.
 */
final class Terms {
    /** So many claims of a shard a term has room for. */
    private static final int EPOCH_BITS = 16;

    private static final String CONTEXT = "evenkeel.terms";

    /** The highest term that was promised, to this node itself or to another one, or that was seen. */
    private long highest;
    /** The last one that a majority promised to this node; 0 before that. */
    private long won;

    Terms() {}

    /** Those of a node. */
    static Terms of(HazelcastInstance grid) {
        return (Terms) grid.getUserContext().computeIfAbsent(CONTEXT, key -> new Terms());
    }

    /** The term of an epoch. */
    static long ofEpoch(long epoch) {
        return epoch >> EPOCH_BITS;
    }

    /**
     * The epoch of a claim.
     *
     * @param term  under which it is made
     * @param epoch of the log until now, of this term or an earlier one
     */
    static long nextEpoch(long term, long epoch) {
        return Math.max(epoch + 1, term << EPOCH_BITS);
    }

    /** A term to ask others for, which this node promises itself. */
    synchronized long next() {
        highest++;
        return highest;
    }

    /** Promises a term. Returns false if it, or a higher one, has been promised before. */
    synchronized boolean promise(long term) {
        boolean higher = term > highest;
        highest = Math.max(highest, term);
        return higher;
    }

    /** Others have come as far as that. */
    synchronized void saw(long term) {
        highest = Math.max(highest, term);
    }

    synchronized long highest() {
        return highest;
    }

    /** A majority has promised this term to this node. */
    synchronized void won(long term) {
        won = Math.max(won, term);
    }

    /** The term under which this node claims; 0 if no majority has promised it any. */
    synchronized long won() {
        return won;
    }
}
