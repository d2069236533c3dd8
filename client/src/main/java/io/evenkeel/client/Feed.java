// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.client;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * What a cluster tells as it happens. When its node dies or falls silent, it goes on at another one where it was; while no
 * node is there it waits. For any thread; it has a thread of its own, and reads only a little ahead of its reader.
 *
 * @param <T> what is told
 */
public final class Feed<T> implements AutoCloseable {
    private static final int AHEAD = 1_000;

    private final Deque<Item<T>> items = new ArrayDeque<>();
    private final Deque<CompletableFuture<T>> waiting = new ArrayDeque<>();
    private final FeedConnection connection;
    private String lastEventId;
    private @Nullable EvenkeelException end;

    /** Makes items of events; empty: nothing that its reader has to know. Called by one thread. */
    interface Reader<T> {
        Optional<T> read(FeedEvent event);
    }

    private record Item<T>(String id, T value) {}

    Feed(NodeCalls calls, String path, String lastEventId, Reader<T> reader) {
        this.lastEventId = lastEventId;
        this.connection = new FeedConnection(calls, path, lastEventId, new FeedConnection.Target() {
            @Override
            public void event(FeedEvent event) throws InterruptedException {
                offer(
                        event.id(),
                        event.data().isEmpty() ? null : reader.read(event).orElse(null));
            }

            @Override
            public void end(EvenkeelException reason) {
                Feed.this.end(reason);
            }
        });
        connection.start();
    }

    /**
     * Waits for the next item.
     *
     * @return empty if none came within the limit
     * @throws EvenkeelException if the feed has ended: it was closed, or a node refused it
     */
    public synchronized Optional<T> next(Duration limit) throws InterruptedException {
        long deadline = System.nanoTime() + limit.toNanos();
        while (true) {
            T value = poll();
            if (value != null) {
                return Optional.of(value);
            }
            if (end != null) {
                throw end;
            }
            long left = deadline - System.nanoTime();
            if (left <= 0) {
                return Optional.empty();
            }
            wait(left / 1_000_000, (int) (left % 1_000_000));
        }
    }

    /** The next item, when there is one; several are given out in the order in which they were asked for. */
    public synchronized CompletableFuture<T> next() {
        // Such as those that had a time limit.
        waiting.removeIf(CompletableFuture::isDone);
        if (waiting.isEmpty()) {
            T value = poll();
            if (value != null) {
                return CompletableFuture.completedFuture(value);
            }
        }
        if (end != null) {
            return CompletableFuture.failedFuture(end);
        }
        CompletableFuture<T> future = new CompletableFuture<>();
        waiting.add(future);
        notifyAll();
        return future;
    }

    /** Where the reader is, for a feed that is to go on there: behind the item that was given out last. */
    public synchronized String lastEventId() {
        return lastEventId;
    }

    private @Nullable T poll() {
        Item<T> item = items.poll();
        if (item == null) {
            return null;
        }
        notifyAll();
        passed(item.id());
        return item.value();
    }

    /** @param value null: the event only tells how far the feed is */
    private void offer(String id, @Nullable T value) throws InterruptedException {
        if (value == null) {
            move(id);
            return;
        }
        Item<T> item = new Item<>(id, value);
        while (true) {
            CompletableFuture<T> asked;
            String before;
            synchronized (this) {
                while (waiting.isEmpty() && items.size() >= AHEAD && end == null) {
                    wait();
                }
                asked = waiting.poll();
                if (asked == null) {
                    items.add(item);
                    notifyAll();
                    return;
                }
                before = lastEventId;
                passed(id);
            }
            // Not under the lock: what follows on the item may ask for the next.
            if (asked.complete(value)) {
                return;
            }
            // Whoever asked has given up meanwhile, and has not got it: it is the next one's. Nothing else is given out
            // before it, so that nobody else has moved the position.
            synchronized (this) {
                lastEventId = before;
            }
        }
    }

    /** Takes no place, however many follow each other: who has got the item before it is where this one says. */
    private synchronized void move(String id) {
        Item<T> newest = items.pollLast();
        if (newest == null) {
            passed(id);
        } else {
            items.addLast(new Item<>(id.isEmpty() ? newest.id() : id, newest.value()));
        }
    }

    private void passed(String id) {
        if (!id.isEmpty()) {
            lastEventId = id;
        }
    }

    private void end(EvenkeelException reason) {
        Deque<CompletableFuture<T>> left;
        synchronized (this) {
            if (end == null) {
                end = reason;
            }
            left = new ArrayDeque<>(waiting);
            waiting.clear();
            notifyAll();
        }
        left.forEach(future -> future.completeExceptionally(reason));
    }

    @Override
    public void close() {
        connection.close();
        end(new UnreachableException("Expected an open feed, but it was closed.", null));
    }
}
