// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.hazelcast;

import com.hazelcast.cluster.Member;
import com.hazelcast.cluster.MembershipEvent;
import com.hazelcast.cluster.MembershipListener;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.IExecutorService;
import com.hazelcast.core.LifecycleEvent.LifecycleState;
import com.hazelcast.partition.MigrationListener;
import com.hazelcast.partition.MigrationState;
import com.hazelcast.partition.ReplicaMigrationEvent;
import io.evenkeel.runtime.shard.Order;
import io.evenkeel.runtime.shard.Overrun;
import java.time.Duration;
import java.util.List;
import java.util.SortedMap;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a node does of its own accord: claims shards as soon as they fall to it, so that their timers go on; sends ticks
 * for timers that are due; and tells the other nodes how far receivers have read.
 */
public final class ShardTicker implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ShardTicker.class);
    /** A tick that was not seen to arrive by then is sent again; a tick too many does no harm. */
    private static final long RESEND_NANOS = TimeUnit.SECONDS.toNanos(2);

    /** What a node brings along that was away comes some time after it has joined. */
    private static final Duration SWEEP_AFTER = Duration.ofMinutes(1);

    private final HazelcastInstance grid;
    private final ShardHost host;
    private final Duration interval;
    private final TickQueue ticks;
    private final IExecutorService control;
    private final ScheduledExecutorService claimer = daemon("evenkeel-claimer");
    private final ScheduledExecutorService ticker = daemon("evenkeel-ticker");
    private final AtomicBoolean settling = new AtomicBoolean();
    private @Nullable Future<?> claims;
    private @Nullable Future<?> ticking;
    private volatile @Nullable Future<?> sweeping;
    private long probedNanos = Long.MIN_VALUE;

    public ShardTicker(HazelcastInstance grid, ShardHost host, Duration interval, TickQueue ticks) {
        this.grid = grid;
        this.host = host;
        this.interval = interval;
        this.ticks = ticks;
        this.control = grid.getExecutorService(Grid.CONTROL);
    }

    private static ScheduledExecutorService daemon(String name) {
        ScheduledThreadPoolExecutor executor = new ScheduledThreadPoolExecutor(
                1,
                work -> {
                    Thread thread = new Thread(work, name);
                    thread.setDaemon(true);
                    return thread;
                },
                // The grid tells its listeners of what happens while this closes.
                new ThreadPoolExecutor.DiscardPolicy());
        executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        return executor;
    }

    public void start() {
        grid.getCluster().addMembershipListener(new MembershipListener() {
            @Override
            public void memberAdded(MembershipEvent event) {
                settleSoon();
                sweeping = claimer.schedule(ShardTicker.this::sweep, SWEEP_AFTER.toMillis(), TimeUnit.MILLISECONDS);
            }

            @Override
            public void memberRemoved(MembershipEvent event) {
                if (event.getMembers().size() < host.minimum()) {
                    // The others may claim what is claimed here. If it was kept and they came back without a merge,
                    // this
                    // node would go on under an epoch that theirs outranks.
                    claimer.execute(host::forgetAll);
                }
                settleSoon();
            }
        });
        grid.getPartitionService().addMigrationListener(new MigrationListener() {
            @Override
            public void migrationStarted(MigrationState state) {
                // Shards stay where they are until a migration has finished.
            }

            @Override
            public void migrationFinished(MigrationState state) {
                settleSoon();
            }

            @Override
            public void replicaMigrationCompleted(ReplicaMigrationEvent event) {
                if (event.getReplicaIndex() == 0) {
                    settleSoon();
                }
            }

            @Override
            public void replicaMigrationFailed(ReplicaMigrationEvent event) {
                settleSoon();
            }
        });
        grid.getLifecycleService().addLifecycleListener(event -> {
            if (event.getState() == LifecycleState.MERGED) {
                LOG.warn("This node has joined the other part of a split cluster and starts from its log");
                claimer.execute(host::forgetAll);
                settleSoon();
            }
        });
        // Neither ever ends by itself: what they run catches all that can be thrown but an Error.
        claims = claimer.scheduleWithFixedDelay(this::settle, 0, 1, TimeUnit.SECONDS);
        ticking = ticker.scheduleWithFixedDelay(
                this::tick, interval.toMillis(), interval.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Looks at all shards once more, as soon as possible. */
    public void settleSoon() {
        if (settling.compareAndSet(false, true)) {
            claimer.execute(this::settle);
        }
    }

    private void settle() {
        settling.set(false);
        try {
            // In a minority the grid would refuse it.
            if (!host.minority()) {
                host.settle();
            }
        } catch (RuntimeException e) {
            LOG.warn("Expected to claim what this node owns, but could not; it is tried again in a second", e);
        }
    }

    private void sweep() {
        try {
            host.sweepLogs();
        } catch (RuntimeException e) {
            LOG.warn(
                    "Expected to sweep the logs of what nobody needs, but could not; it stays until the next node joins",
                    e);
        }
    }

    private void tick() {
        try {
            tellOthers();
            stopOverruns();
            Progress progress = host.progress();
            long until = progress.until();
            long now = System.nanoTime();
            SortedMap<String, Long> sources = host.watermarks(until);
            List<Integer> due = host.dueShards(until, sources, now, RESEND_NANOS);
            if (!due.isEmpty()) {
                ticks.offer(Tick.of(due, until, sources).payload());
            } else if (until == 0 && now - probedNanos > RESEND_NANOS && host.hasTimers()) {
                // Whoever receives this knows the broker's time, and tells it.
                probedNanos = now;
                ticks.offer(Tick.of(List.of(), 0, sources).payload());
            }
        } catch (RuntimeException e) {
            LOG.debug("A tick could not be sent; the next one covers it", e);
        }
    }

    /** An order, since what follows from a clock must be in the log. */
    private void stopOverruns() {
        for (Overrun overrun = host.nextOverrun(); overrun != null; overrun = host.nextOverrun()) {
            LOG.warn(
                    "Instance {} is slow and will not be shown key {} any more. {}",
                    overrun.instance(),
                    overrun.key(),
                    overrun.reason());
            // If it is not taken: what takes too long is found again.
            ticks.order(Tick.of(
                            overrun.shard(),
                            new Tick.Decision(
                                    overrun.instance().query(),
                                    overrun.instance().name(),
                                    overrun.key(),
                                    Order.QUARANTINE,
                                    overrun.reason()))
                    .payload());
        }
    }

    private void tellOthers() {
        ProgressTask task = new ProgressTask(host.progress().report());
        for (Member member : grid.getCluster().getMembers()) {
            if (!member.localMember()) {
                control.executeOnMember(task, member);
            }
        }
    }

    @Override
    public void close() {
        for (Future<?> work : new Future<?>[] {claims, ticking, sweeping}) {
            if (work != null) {
                work.cancel(true);
            }
        }
        ticker.shutdownNow();
        claimer.shutdownNow();
    }
}
