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
 * @param guarantees      what weakens a promise; empty: nothing known
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
        List<String> guarantees) {
    /**
     * @param http        URL of its API; null: not known yet
     * @param catalogHash equal on nodes that run the same catalog
     * @param roles       receiver, compute, or both
     */
    public record Member(
            String name,
            String address,
            @Nullable String http,
            @Nullable Long catalogRevision,
            @Nullable String catalogHash,
            List<String> roles) {}

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
}
