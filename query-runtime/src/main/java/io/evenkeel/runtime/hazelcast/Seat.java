// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.hazelcast;

import io.evenkeel.runtime.shard.Shard;
import io.evenkeel.runtime.shard.ShardStatus;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Where a shard sits while this node owns it. Who touches what is in here holds the lock, except for {@link #seen}. */
final class Seat {
    private static final Logger LOG = LoggerFactory.getLogger(Seat.class);
    /** How long claims may fail before it is an error. */
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(30);

    private static final long STATUS_AGE_NANOS = TimeUnit.SECONDS.toNanos(1);

    final int shard;
    final ReentrantLock lock = new ReentrantLock();

    @Nullable
    Shard claimed;

    long tickSentNanos = Long.MIN_VALUE;
    /** What a request began and could not wait for; whoever comes next ends it before anything else. */
    Shard.@Nullable Pending left;

    /** Since when claims fail, or since when that was told last; {@link Long#MIN_VALUE} while they do not. */
    private long failingNanos = Long.MIN_VALUE;

    final AtomicBoolean claiming = new AtomicBoolean();
    volatile @Nullable ShardStatus seen;
    private long seenNanos;

    Seat(int shard) {
        this.shard = shard;
    }

    /** Notes how the shard stands, for those who ask while it is at work. Holds the lock. */
    void look() {
        seen = claimed == null ? null : claimed.status();
        seenNanos = System.nanoTime();
    }

    void lookNowAndThen() {
        if (System.nanoTime() - seenNanos > STATUS_AGE_NANOS) {
            look();
        }
    }

    /** Notes that another node owns the shard. Holds the lock. */
    void movedAway() {
        failingNanos = Long.MIN_VALUE;
    }

    /**
     * Claims the shard, which a majority agrees to: a log that lacks something then is an error if that goes on. Holds the lock.
     */
    Shard claim(Supplier<Shard> claiming) {
        try {
            Shard succeeded = claiming.get();
            failingNanos = Long.MIN_VALUE;
            return succeeded;
        } catch (SegmentMissingException e) {
            long now = System.nanoTime();
            if (failingNanos == Long.MIN_VALUE) {
                failingNanos = now;
            } else if (now - failingNanos >= PATIENCE_NANOS) {
                failingNanos = now;
                LOG.error(
                        "Expected to have shard {} within {} s, but its log cannot be read. All events of its keys wait. If it goes"
                                + " on, stop all nodes and start them again: they go on with what is on their disks",
                        shard,
                        TimeUnit.NANOSECONDS.toSeconds(PATIENCE_NANOS),
                        e);
            }
            throw e;
        }
    }

    /** Whether the log has answered, or there is nothing to wait for; waits for it so long. */
    static boolean isLogged(Shard.Pending pending, long nanos) {
        CompletableFuture<?> logged = pending.logged().toCompletableFuture();
        if (logged.isDone() || nanos <= 0) {
            return logged.isDone();
        }
        try {
            logged.get(nanos, TimeUnit.NANOSECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (ExecutionException | CancellationException e) {
            return true; // complete() tells why
        } catch (InterruptedException e) {
            // What was begun is not left half done; the log answers soon, or fails.
            boolean done = logged.handle((outcome, failure) -> true).join();
            Thread.currentThread().interrupt();
            return done;
        }
    }
}
