// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.http;

import static java.util.Objects.requireNonNull;

import io.evenkeel.correlator.guarantee.Guarantees;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What {@code GET /api/v1/cluster} tells. The components are the names in its JSON.
 *
 * @param cluster         name of the cluster
 * @param node            name of the node that answers
 * @param safe            true if matches may be committed: all configured copies are there, and a majority of members
 * @param reasons         why it is not safe, or not ready yet; empty if all is well
 * @param catalogRevision that this node runs
 * @param members         as this node sees them
 * @param shards          in the order of their ids
 * @param receivers       of this node at least; a row names its node
 * @param guarantees      what is promised now, and what weakens it by name, of all nodes that answered
 */
public record ClusterStatus(
        String cluster,
        String node,
        boolean safe,
        List<String> reasons,
        long catalogRevision,
        List<Member> members,
        List<ShardRow> shards,
        List<ReceiverRow> receivers,
        Guarantees guarantees) {

    /**
     * A live member.
     *
     * @param address         host:port in the grid
     * @param http            URL of its API; null: not known yet
     * @param catalogRevision that it runs; null: it did not say
     * @param catalogHash     SHA-256 of the catalog that it runs, equal on nodes that run the same; null: it did not say
     * @param roles           what it does: receiver, compute, or both
     * @param pid             of its process on its host; null: it did not say
     * @param startedMs       when its process was started, in ms since the epoch, as its operating system has it; null: it
     *                        did not say
     */
    public record Member(
            String name,
            String address,
            @Nullable String http,
            @Nullable Long catalogRevision,
            @Nullable String catalogHash,
            List<String> roles,
            @Nullable Long pid,
            @Nullable Long startedMs) {
        /** Of which nothing is known but where it is. */
        public Member(String name, String address, @Nullable String http) {
            this(name, address, http, null, null, List.of(), null, null);
        }

        public Member {
            requireNonNull(name, "name");
            requireNonNull(address, "address");
            roles = List.copyOf(roles);
        }
    }

    /**
     * A shard.
     *
     * @param owner       name of the node that evaluates it; null: nobody at the moment
     * @param epoch       counts its claims
     * @param sequence    of its newest log entry
     * @param unconfirmed causes whose commit is not known to have happened
     * @param batches     in its log
     * @param quarantined instances that are not evaluated, because they failed
     */
    public record ShardRow(
            int id,
            @Nullable String owner,
            long epoch,
            long sequence,
            long unconfirmed,
            long batches,
            int quarantined) {}

    /**
     * A receiver. Counts are of messages since it was started.
     *
     * @param phase       what it is at, such as ACTIVE; a standby of a strict queue is ACTIVE too, and receives nothing
     * @param rolledBack  received and given back
     * @param lastFailure in words; null: none yet
     */
    public record ReceiverRow(
            String node,
            String name,
            String queue,
            String phase,
            long received,
            long committed,
            long rejected,
            long redelivered,
            long rolledBack,
            @Nullable String lastFailure) {
        public ReceiverRow {
            requireNonNull(node, "node");
            requireNonNull(name, "name");
            requireNonNull(queue, "queue");
            requireNonNull(phase, "phase");
        }
    }

    public ClusterStatus {
        requireNonNull(cluster, "cluster");
        requireNonNull(node, "node");
        reasons = List.copyOf(reasons);
        members = List.copyOf(members);
        shards = List.copyOf(shards);
        receivers = List.copyOf(receivers);
        requireNonNull(guarantees, "guarantees");
    }
}
