// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.hazelcast;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.internal.cluster.ClusterService;
import com.hazelcast.internal.partition.InternalPartitionService;
import com.hazelcast.jet.impl.util.Util;
import com.hazelcast.partition.MigrationListener;
import com.hazelcast.partition.MigrationState;
import com.hazelcast.partition.ReplicaMigrationEvent;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has copies made soon again after one could not be made. When a node is gone, the oldest member orders new copies, and one that
 * has not heard of the new table of partitions yet refuses: that is over in milliseconds, but Hazelcast waits 3 s, and all
 * commits with it. Failures that do not end are left to Hazelcast's own pace.
 *
 * <p>Thread-safe.
 */
final class CopyRetries implements MigrationListener {
    private static final Logger LOG = LoggerFactory.getLogger(CopyRetries.class);

    private static final long SOON_MS = 50;
    /** So often within {@link #SPELL_NANOS}. Ten copies and more may fail together, and are tried again together. */
    private static final int MOST = 12;

    private static final long SPELL_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final ClusterService members;
    private final InternalPartitionService copies;
    private final Executor soon;
    private final LongSupplier clock;
    private final AtomicBoolean pending = new AtomicBoolean();
    /** By the clock. */
    private final Deque<Long> retries = new ArrayDeque<>();

    CopyRetries(HazelcastInstance grid) {
        this(grid, System::nanoTime);
    }

    /** @param clock monotonic, in nanoseconds */
    CopyRetries(HazelcastInstance grid, LongSupplier clock) {
        this.clock = clock;
        this.members = Util.getNodeEngine(grid).getClusterService();
        this.copies = Util.getNodeEngine(grid).getPartitionService();
        this.soon = CompletableFuture.delayedExecutor(SOON_MS, TimeUnit.MILLISECONDS, Runnable::run);
    }

    @Override
    public void replicaMigrationFailed(ReplicaMigrationEvent event) {
        // Only the oldest member makes plans, and only it has stopped.
        if (members.isMaster() && pending.compareAndSet(false, true)) {
            soon.execute(this::retry);
        }
    }

    private void retry() {
        pending.set(false);
        if (members.isMaster() && isRare(clock.getAsLong())) {
            LOG.debug("A partition got no copy; it is tried again");
            copies.resumeMigration();
        }
    }

    private synchronized boolean isRare(long now) {
        while (!retries.isEmpty() && now - retries.peekFirst() > SPELL_NANOS) {
            retries.removeFirst();
        }
        if (retries.size() < MOST) {
            retries.addLast(now);
            return true;
        }
        return false;
    }

    @Override
    public void migrationStarted(MigrationState state) {
        // What goes well needs nothing.
    }

    @Override
    public void migrationFinished(MigrationState state) {
        // What goes well needs nothing.
    }

    @Override
    public void replicaMigrationCompleted(ReplicaMigrationEvent event) {
        // What goes well needs nothing.
    }
}
