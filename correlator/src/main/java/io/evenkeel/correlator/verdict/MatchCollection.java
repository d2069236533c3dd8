// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.verdict;

import io.evenkeel.jms.connection.ConnectionSettings;
import io.evenkeel.jms.tool.QueueReader;
import io.evenkeel.jms.tool.QueueUnavailableException;
import io.evenkeel.jms.tool.ReceivedText;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads the match queues, a thread for each, and keeps what comes with its time. */
public final class MatchCollection implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(MatchCollection.class);

    private static final Duration IDLE = Duration.ofMillis(200);
    private static final long STOP_LIMIT_MS = 5_000;

    private final List<ReceivedMatch> matches = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean stopped;

    /** Reads until {@link #close}. */
    public static MatchCollection start(ConnectionSettings connection, List<String> queues)
            throws QueueUnavailableException {
        MatchCollection collection = new MatchCollection();
        for (String queue : queues) {
            QueueReader reader = new QueueReader(connection, queue);
            Thread thread = new Thread(() -> collection.read(reader), "evenkeel-matches-" + queue);
            thread.setDaemon(true);
            collection.threads.add(thread);
            thread.start();
        }
        return collection;
    }

    private void read(QueueReader reader) {
        try (reader) {
            while (!stopped) {
                reader.read(Long.MAX_VALUE, IDLE, this::keep);
            }
        } catch (QueueUnavailableException e) {
            if (!stopped) {
                // What is missing shows in the comparison; the reason belongs beside it.
                LOG.warn("A queue of matches is read no further", e);
            }
        }
    }

    private void keep(ReceivedText message) {
        Map<String, String> properties = message.properties();
        String instance = properties.getOrDefault("evenkeelInstance", "");
        ReceivedMatch match = new ReceivedMatch(
                System.nanoTime(),
                properties.getOrDefault("evenkeelMatchId", ""),
                properties.getOrDefault("evenkeelQuery", ""),
                instance.substring(instance.lastIndexOf('/') + 1),
                properties.getOrDefault("evenkeelKey", ""),
                message.text());
        synchronized (matches) {
            matches.add(match);
        }
    }

    public int size() {
        synchronized (matches) {
            return matches.size();
        }
    }

    /** In the order in which they came, of each queue. */
    public List<ReceivedMatch> matches() {
        synchronized (matches) {
            return List.copyOf(matches);
        }
    }

    @Override
    public void close() {
        stopped = true;
        for (Thread thread : threads) {
            try {
                thread.join(STOP_LIMIT_MS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
