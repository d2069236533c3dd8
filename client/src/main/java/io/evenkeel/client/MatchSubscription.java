// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.client;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.Optional;

/**
 * A subscription in the hands of this reader: matches from behind the last acknowledgement on, whichever node tells them. It
 * is this reader's until another one takes it, on whatever node; then all calls fail with {@link ConflictException}.
 *
 * <p>What was given out and not acknowledged comes again, here or to the next reader: acknowledge a match when all that
 * follows from it is done. For one thread; {@link #close} for any.
 */
public final class MatchSubscription implements AutoCloseable {
    private final NodeCalls calls;
    private final String path;
    private final long fence;
    private final Feed<MatchNews> feed;
    private String acknowledged;

    private MatchSubscription(NodeCalls calls, String path, long fence, String position) {
        this.calls = calls;
        this.path = path;
        this.fence = fence;
        this.acknowledged = position;
        this.feed = new Feed<>(calls, path + "/matches?fence=" + fence, position, MatchNews.reader());
    }

    /** @param path of the task */
    static MatchSubscription take(NodeCalls calls, String path) throws InterruptedException {
        // Heard twice, it is taken twice, and this reader has the later one.
        JsonNode taken = EvenkeelClient.await(
                        calls.send(Call.change("POST", path + ":take", null, "", ChangeOptions.NONE)))
                .json();
        return new MatchSubscription(
                calls,
                path,
                taken.path("fence").asLong(),
                taken.path("position").asText());
    }

    /**
     * Waits for the next match, or the news that some may be missing.
     *
     * @return empty if none came within the limit
     * @throws EvenkeelException if it is not this reader's any more, was paused or deleted, or is closed
     */
    public Optional<MatchNews> next(Duration limit) throws InterruptedException {
        return feed.next(limit);
    }

    /**
     * Acknowledges all that {@link #next} has given out: it does not come again. Blocks until the cluster has kept that,
     * with its copies; cheap if nothing was given out since. Not for each match if there are many.
     */
    public void acknowledge() throws InterruptedException {
        String reached = feed.lastEventId();
        if (!reached.equals(acknowledged)) {
            String query = ":acknowledge?fence=" + fence + "&position=" + DefinitionId.segment(reached);
            EvenkeelClient.await(calls.send(Call.change("POST", path + query, null, "", ChangeOptions.NONE)));
            acknowledged = reached;
        }
    }

    /** Reads no more. The subscription stays as it is; what was not acknowledged comes to the next reader. */
    @Override
    public void close() {
        feed.close();
    }
}
