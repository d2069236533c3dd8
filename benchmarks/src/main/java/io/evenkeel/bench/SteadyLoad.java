// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.bench;

import io.evenkeel.jms.connection.ConnectionSettings;
import io.evenkeel.jms.connection.Connections;
import jakarta.jms.Connection;
import jakarta.jms.DeliveryMode;
import jakarta.jms.JMSException;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Publishes readings at a rate, at due times that do not wait for anything: what a slow publisher or broker delays counts
 * as delay, it is not left out.
 */
final class SteadyLoad implements AutoCloseable {
    /** What is due within that time is one transaction: a commit for each event would take the machine from the nodes. */
    private static final long PACE_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

    /** What a publisher that is late sends at once, lest one transaction of all that is due fill the broker's heap. */
    private static final int MOST_AT_ONCE = 1_000;

    private final Readings readings = Readings.frequent();
    /** The time that an event carries, in {@link System#nanoTime} of this JVM. */
    enum Stamp {
        /** When it was to be published. */
        DUE,
        /** When it was published. */
        SENT
    }

    private final Connection connection;
    private final Session session;
    private final MessageProducer producer;
    private final double rate;
    private final Stamp stamp;
    private final Thread thread = new Thread(this::run, "load");
    private volatile boolean stopping;
    private volatile @Nullable Exception failure;
    private volatile long published;

    /** @param rate events per second */
    SteadyLoad(ConnectionSettings broker, String queue, double rate, Stamp stamp) throws JMSException {
        this.rate = rate;
        this.stamp = stamp;
        connection = Connections.open(batched(broker), 0);
        session = connection.createSession(Session.SESSION_TRANSACTED);
        producer = session.createProducer(session.createQueue(queue));
        producer.setDeliveryMode(DeliveryMode.PERSISTENT);
        thread.start();
    }

    /** Has Artemis' client write a transaction to the socket at its commit, not each message by itself. */
    private static ConnectionSettings batched(ConnectionSettings broker) {
        String url = broker.url() + (broker.url().contains("?") ? "&" : "?") + "batchDelay=50";
        return new ConnectionSettings(broker.name(), url, broker.user(), broker.passwordFile());
    }

    private void run() {
        long start = System.nanoTime();
        long number = 0;
        try {
            while (!stopping) {
                long due = (long) ((System.nanoTime() - start) * rate / 1e9);
                if (due == number) {
                    LockSupport.parkNanos(PACE_NANOS / 4);
                    continue;
                }
                for (long end = Math.min(due, number + MOST_AT_ONCE); number < end; number++) {
                    long time = stamp == Stamp.SENT ? System.nanoTime() : start + (long) (number * 1e9 / rate);
                    producer.send(session.createTextMessage(readings.json(number, time)));
                }
                session.commit();
                published = number;
                if (number == due) {
                    LockSupport.parkNanos(PACE_NANOS);
                }
            }
        } catch (JMSException | RuntimeException e) {
            failure = e;
        }
    }

    /** How many events are committed. */
    long published() {
        Exception failed = failure;
        if (failed != null) {
            throw new IllegalStateException("Expected to publish steadily, but it failed", failed);
        }
        return published;
    }

    @Override
    public void close() {
        stopping = true;
        try {
            thread.join(TimeUnit.SECONDS.toMillis(20));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        Connections.closeQuietly(connection);
    }
}
