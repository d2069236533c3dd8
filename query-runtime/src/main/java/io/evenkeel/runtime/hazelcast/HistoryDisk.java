// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.hazelcast;

import io.evenkeel.runtime.history.HistoryFolder;
import io.evenkeel.runtime.history.HistoryStore;
import io.evenkeel.runtime.history.HistoryUnavailableException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A node's history store, which may be away for a time, such as while its disk is full. What fails closes it; it is opened
 * again some seconds later. Errors are told when they begin, once a minute, and when they are over.
 *
 * <p>Thread-safe. Who only asks how things stand never waits for the disk.
 */
final class HistoryDisk implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(HistoryDisk.class);
    private static final Duration OPEN_AGAIN = Duration.ofSeconds(5);
    private static final Duration TELL_AGAIN = Duration.ofMinutes(1);

    private final HistoryFolder folder;
    private final LongSupplier nanoTime;
    private volatile @Nullable HistoryStore store;
    private boolean closed;
    /** Why the store that is there must be set aside before another is opened; empty if it must not. */
    private String toSetAside = "";

    private volatile String trouble = "";
    private final AtomicLong failures = new AtomicLong();
    private long triedNanos;
    private long toldNanos;

    HistoryDisk(HistoryFolder folder, LongSupplier nanoTime) {
        this.folder = folder;
        this.nanoTime = nanoTime;
        this.triedNanos = nanoTime.getAsLong() - OPEN_AGAIN.toNanos();
        this.toldNanos = nanoTime.getAsLong() - TELL_AGAIN.toNanos();
    }

    /** Reads from the store; null if there is none at present, or if it failed now. Other things may be read after that. */
    synchronized <T> @Nullable T ask(Function<HistoryStore, T> question) {
        try {
            HistoryStore open = opened();
            return open == null ? null : question.apply(open);
        } catch (HistoryUnavailableException e) {
            fail(e);
            return null;
        }
    }

    /** Does something with the store that must not be half done; false if there is none, or if it failed now. */
    synchronized boolean change(Consumer<HistoryStore> change) {
        try {
            HistoryStore open = opened();
            if (open != null) {
                change.accept(open);
            }
            return open != null;
        } catch (HistoryUnavailableException e) {
            fail(e);
            closeStore();
            return false;
        }
    }

    private @Nullable HistoryStore opened() {
        long now = nanoTime.getAsLong();
        if (store == null && !closed && now - triedNanos >= OPEN_AGAIN.toNanos()) {
            triedNanos = now;
            if (!toSetAside.isEmpty()) {
                // Until that is done nothing is written over it.
                folder.setAside(toSetAside);
                toSetAside = "";
            }
            store = folder.open();
        }
        return store;
    }

    private void fail(HistoryUnavailableException e) {
        failures.incrementAndGet();
        trouble = String.valueOf(e.getMessage());
        long now = nanoTime.getAsLong();
        if (now - toldNanos >= TELL_AGAIN.toNanos()) {
            toldNanos = now;
            LOG.error(
                    "{}. What happens from now on is not in this node's history until the disk takes it again; the node"
                            + " goes on, and tries every {} s. Make room, or mend the disk",
                    trouble,
                    OPEN_AGAIN.toSeconds(),
                    e);
        }
    }

    /** Something else than the disk keeps what happens from it. */
    synchronized void failed(String what, RuntimeException e) {
        fail(new HistoryUnavailableException("Expected to record " + what + ", but could not: " + e, e));
    }

    /** All is on the disk again. */
    synchronized void caughtUp() {
        if (!trouble.isEmpty()) {
            LOG.info("The history store {} takes what happens again, and has caught up", folder);
            trouble = "";
            toldNanos = nanoTime.getAsLong() - TELL_AGAIN.toNanos();
        }
    }

    /** Begins with an empty store, and keeps the one that is there under another name. */
    synchronized void setAside(String why) {
        closeStore();
        toSetAside = why;
        triedNanos = nanoTime.getAsLong() - OPEN_AGAIN.toNanos();
        ask(HistoryStore::marks);
    }

    /** What is wrong now; empty if nothing is. */
    String trouble() {
        return trouble;
    }

    /** Why an older store was set aside since this node started; empty if none was. */
    String finding() {
        return folder.finding();
    }

    /** How often the disk refused something. */
    long failures() {
        return failures.get();
    }

    /** What the store takes, in bytes; 0 if there is none. */
    long bytes() {
        HistoryStore open = store;
        return open == null ? 0 : open.bytes();
    }

    private void closeStore() {
        HistoryStore open = store;
        if (open != null) {
            store = null;
            open.close();
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        closeStore();
    }

    @Override
    public String toString() {
        return folder.toString();
    }
}
