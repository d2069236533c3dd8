// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.client;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The cluster as a node sees it.
 *
 * @param node            that answered
 * @param safe            true if matches may be committed
 * @param reasons         why it is not safe, or not ready yet
 * @param catalogRevision that the node runs
 * @param receivers       of that node at least
 * @param guarantees      what is promised now, and what weakens it
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
     * @param http        URL of its API; null: not known yet
     * @param catalogHash equal on nodes that run the same catalog
     * @param roles       receiver, compute, or both
     * @param pid         of its process on its host
     * @param startedMs   when its process was started, in ms since the epoch
     */
    public record Member(
            String name,
            String address,
            @Nullable String http,
            @Nullable Long catalogRevision,
            @Nullable String catalogHash,
            List<String> roles,
            @Nullable Long pid,
            @Nullable Long startedMs) {}

    /** @param owner null: nobody at the moment @param unconfirmed causes whose commit is not known to have happened */
    public record ShardRow(
            int id,
            @Nullable String owner,
            long epoch,
            long sequence,
            long unconfirmed,
            long batches,
            int quarantined) {}

    /** Counts are of messages since it was started. @param lastFailure in words; null: none yet */
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
            @Nullable String lastFailure) {}

    /** @param noLoss true if nothing is known by which events or matches could be lost or doubled */
    public record Guarantees(boolean noLoss, List<Fact> facts, List<Weakness> weaknesses) {}

    /** On what a promise rests, as it is now. */
    public record Fact(String name, String node, String value) {}

    /** @param promise that breaks @param loses false: only order, time or comfort suffers */
    public record Weakness(
            String name, String node, String subject, String found, String promise, String remedy, boolean loses) {}
}
