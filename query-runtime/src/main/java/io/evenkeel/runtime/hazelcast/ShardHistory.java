// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.hazelcast;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.HazelcastInstanceNotActiveException;
import io.evenkeel.runtime.history.HistoryFolder;
import io.evenkeel.runtime.shard.LogUnavailableException;
import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A node's part in that windows outlive the end of all nodes: when it starts, it agrees with the others on what is restored from
 * their disks; while it runs, it writes what is new in its copies of logs to its own.
 *
 * <p><b>Threads.</b> {@link #restore}, {@link #start} and {@link #close} by one, in this order; the others by any.
 */
public final class ShardHistory implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ShardHistory.class);
    private static final long END_MS = 2_000;
    private static final long FINISH_NANOS = 10_000_000_000L;
    private static final long HURRY_NANOS = 20_000_000L;

    private final HazelcastInstance grid;
    private final @Nullable HistoryDisk disk;
    private final @Nullable HistoryRecorder recorder;
    private final HistoryRestore restore;
    private final Duration interval;
    private final Thread thread = new Thread(this::record, "evenkeel-history");
    /** Rounds after which all was on the disk. */
    private final AtomicLong complete = new AtomicLong();

    private volatile boolean hurried;
    private volatile boolean stopped;

    /**
     * @param folder   of the store; null: this node keeps none
     * @param interval between two rounds
     * @param wait     for nodes that may have something, when the cluster starts
     * @param safe     whether all copies are there
     */
    public ShardHistory(
            HazelcastInstance grid,
            GridSettings settings,
            @Nullable HistoryFolder folder,
            Duration interval,
            Duration wait,
            BooleanSupplier safe) {
        this.grid = grid;
        this.disk = folder == null ? null : new HistoryDisk(folder, System::nanoTime);
        this.recorder = disk == null ? null : new HistoryRecorder(grid, settings, disk, safe, System::nanoTime);
        this.restore = new HistoryRestore(grid, settings, disk, wait, System::nanoTime);
        this.interval = interval;
        thread.setDaemon(true);
    }

    /**
     * Agrees with the other nodes on what is restored from whose disk, and returns when it is. Before anything is received, and
     * with the catalog in place, since a shard keeps of its log what its queries need.
     *
     * @return how many shards the cluster went on with from its disks; 0 if it is a new one
     * @throws LogUnavailableException if the grid does not answer; call again
     */
    public int restore() throws InterruptedException {
        return restore.run();
    }

    /** Records from now on. */
    public void start() {
        if (recorder != null) {
            thread.start();
        }
    }

    private void record() {
        HistoryRecorder rounds = recorder;
        HistoryDisk store = disk;
        if (rounds == null || store == null) {
            return;
        }
        while (!stopped) {
            try {
                if (rounds.round()) {
                    store.caughtUp();
                    complete.incrementAndGet();
                }
            } catch (InterruptedException e) {
                return;
            } catch (HazelcastInstanceNotActiveException | RejectedExecutionException e) {
                if (!grid.getLifecycleService().isRunning()) {
                    // This node has left: there is nothing here to record any more.
                    return;
                }
                LOG.debug("The grid is away for a moment", e);
            } catch (RuntimeException e) {
                store.failed("what is new in the logs", e);
            }
            LockSupport.parkNanos(hurried ? HURRY_NANOS : interval.toNanos());
        }
    }

    /** Shards of which this node has something that is not on its disk at this moment; 0 if it keeps no history. */
    public int behind() {
        try {
            return recorder == null ? 0 : recorder.behind();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return 0;
        } catch (HazelcastInstanceNotActiveException | RejectedExecutionException e) {
            return 0;
        }
    }

    /** What the store takes on the disk, in bytes. */
    public long bytes() {
        return disk == null ? 0 : disk.bytes();
    }

    /** How often the disk refused something. */
    public long failures() {
        return disk == null ? 0 : disk.failures();
    }

    /** What is wrong with the disk now; empty if nothing is, or if this node keeps no history. */
    public String trouble() {
        return disk == null ? "" : disk.trouble();
    }

    /** Why an older store was set aside since this node started, and where it is; empty if none was. */
    public String finding() {
        return disk == null ? "" : disk.finding();
    }

    /**
     * Records all there is now, and goes on so until this node has left the grid: others may append to its shards until then. When
     * its receivers have stopped. Blocks, for ten seconds at most if the disk does not take it.
     */
    public void finish() {
        hurried = true;
        LockSupport.unpark(thread);
        long deadline = System.nanoTime() + FINISH_NANOS;
        // One may have begun before. Not until nothing is behind: others may go on for long.
        long enough = complete.get() + 2;
        while (thread.isAlive() && trouble().isEmpty() && complete.get() < enough && System.nanoTime() < deadline) {
            LockSupport.parkNanos(HURRY_NANOS);
        }
    }

    /**
     * Records no more. After this node has left the grid.
     */
    @Override
    public void close() {
        stopped = true;
        LockSupport.unpark(thread);
        try {
            thread.join(END_MS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (disk != null) {
            disk.close();
        }
    }
}
