// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.hazelcast;

import static java.util.Objects.requireNonNull;

import com.hazelcast.config.Config;
import com.hazelcast.core.HazelcastInstance;

/**
 * The numbers under which nodes claim shards. A node may claim under a term when a majority has promised it to that node, and a
 * node promises each term once, to whoever asks first, and none below it afterwards. Two majorities have a node in common. So
 * whoever asks later, in whatever part of a split grid, gets a higher term.
 *
 * <p>The epochs of a term's claims follow its number, so that of two logs the one that was written to in the higher epoch has been
 * written to by the later majority. The idea is that of the ballots of Paxos (Lamport, "The Part-Time Parliament") and of the
 * terms of Raft.
 *
 * <p>Each node has numbers of its own, so that of two that ask at one moment one has the higher, and so that not even a node
 * that ended and came back, and has forgotten what it promised, lets two others have the same. Thread-safe.
 */
final class Terms {
    /** So many claims of a shard a term has room for. */
    private static final int EPOCH_BITS = 16;
    /** The last bits of a term say whose it is. */
    private static final int NODE_BITS = 8;

    /** So many nodes have numbers of their own. */
    static final long NODES = 1 << NODE_BITS;

    private static final String CONTEXT = "evenkeel.terms";

    private final long node;
    /** The highest term that was promised, to this node itself or to another one, or that was seen. */
    private long highest;
    /** The last one that a majority promised to this node; 0 before that. */
    private long won;

    /** @param node a number that no other node of the cluster has */
    Terms(int node) {
        this.node = node & (NODES - 1);
    }

    /** Gives a member its terms before it starts, so that it promises nothing that it forgets. */
    static void give(Config config, GridSettings settings) {
        int place = settings.members().indexOf(settings.bind() + ":" + settings.port());
        config.getUserContext()
                .put(CONTEXT, new Terms(place < 0 ? settings.node().hashCode() : place));
    }

    /** Those of a node. */
    static Terms of(HazelcastInstance grid) {
        return (Terms) requireNonNull(grid.getUserContext().get(CONTEXT), CONTEXT);
    }

    /** The number of the node whose term an epoch is of. */
    static long nodeOfEpoch(long epoch) {
        return ofEpoch(epoch) & (NODES - 1);
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
        highest = ((highest >> NODE_BITS) + 1) << NODE_BITS | node;
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
