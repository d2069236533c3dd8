// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.hazelcast;

import com.hazelcast.cluster.MembershipEvent;
import com.hazelcast.cluster.MembershipListener;
import com.hazelcast.core.HazelcastInstance;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/**
 * Writes to the grid that are under way, so that none of them waits for a copy that a dead node was to make. Hazelcast
 * ends such a write by a timeout, which has to be longer than a live node may pause; once a node has left, nothing more
 * will come from it.
 *
 * <p>Thread-safe.
 */
public final class OpenWrites {
    /** So long a write may still take that had nothing to do with the node. */
    static final long GRACE_MS = 100;
    /** Must not block: it is a thread of a partition, or of the network. */
    private static final Executor AT_ONCE = Runnable::run;

    private static final String CONTEXT = "evenkeel.writes";

    private final Set<CompletableFuture<?>> open = ConcurrentHashMap.newKeySet();

    /** Of a grid that no node ever leaves. */
    public OpenWrites() {}

    /** The one of this node, told by the grid of nodes that leave. */
    public static OpenWrites of(HazelcastInstance grid) {
        return (OpenWrites) grid.getUserContext().computeIfAbsent(CONTEXT, key -> {
            OpenWrites writes = new OpenWrites();
            grid.getCluster().addMembershipListener(new MembershipListener() {
                @Override
                public void memberAdded(MembershipEvent event) {
                    // Nothing waits for it yet.
                }

                @Override
                public void memberRemoved(MembershipEvent event) {
                    if (Grid.computes(event.getMember())) {
                        writes.left(Grid.nameOf(event.getMember()));
                    }
                }
            });
            return writes;
        });
    }

    /**
     * Returns what the write returns. Soon after a node has left in the midst of it, it fails with a {@link
     * NodeLeftException}.
     */
    public <T> CompletableFuture<T> watch(CompletionStage<T> write) {
        CompletableFuture<T> watched = new CompletableFuture<>();
        open.add(watched);
        write.whenCompleteAsync(
                (result, failure) -> {
                    open.remove(watched);
                    if (failure == null) {
                        watched.complete(result);
                    } else {
                        watched.completeExceptionally(failure);
                    }
                },
                AT_ONCE);
        return watched;
    }

    /** A node has left. Does not block. */
    void left(String node) {
        List<CompletableFuture<?>> meanwhile = List.copyOf(open);
        if (!meanwhile.isEmpty()) {
            CompletableFuture.delayedExecutor(GRACE_MS, TimeUnit.MILLISECONDS)
                    .execute(
                            () -> meanwhile.forEach(write -> write.completeExceptionally(new NodeLeftException(node))));
        }
    }
}
