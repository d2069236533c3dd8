// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.jms;

import static java.util.Objects.requireNonNull;

import io.evenkeel.jms.connection.ConnectionSettings;
import io.evenkeel.jms.connection.Connections;
import io.evenkeel.jms.connection.Destination;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.jms.Connection;
import jakarta.jms.DeliveryMode;
import jakarta.jms.JMSException;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends ticks to the cluster's tick queue, on a connection and a thread of its own, which opens the connection again
 * whenever it breaks. A strict {@linkplain ReceiverSettings#ofTicks receiver} takes them.
 *
 * <p>A tick may be lost or sent twice: the next one covers it. So nobody waits for it, and while there is no broker the
 * oldest ones are dropped. An order is what somebody decided, and nothing covers it: it goes before all ticks, and is sent
 * again until the broker has it or this sender is closed.
 */
public final class TickSender implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TickSender.class);
    private static final int MOST_TICKS = 16;
    private static final int MOST_ORDERS = 10_000;
    private static final long LOOK_MS = 200;
    private static final Duration END = Duration.ofSeconds(2);

    private final ConnectionSettings settings;
    private final String queue;
    private final Deque<String> ticks = new ArrayDeque<>();
    private final Deque<String> orders = new ArrayDeque<>();
    private final Counter sent;
    private final Counter dropped;
    private final Thread thread;
    private volatile boolean closing;
    private @Nullable Line line;

    private record Waiting(String payload, boolean order) {}

    /** What is held of the broker while nothing goes wrong. */
    private record Line(Connection connection, Session session, MessageProducer producer) {}

    /** Begins at once. */
    public TickSender(ConnectionSettings settings, String queue, MeterRegistry meters) {
        this.settings = requireNonNull(settings, "settings");
        this.queue = requireNonNull(queue, "queue");
        this.sent = outcome(meters, "sent");
        this.dropped = outcome(meters, "dropped");
        this.thread = new Thread(this::run, "evenkeel-ticks");
        thread.setDaemon(true);
        thread.start();
    }

    private static Counter outcome(MeterRegistry meters, String outcome) {
        return Counter.builder("evenkeel_ticks")
                .description("Ticks by what became of them here")
                .tag("outcome", outcome)
                .register(meters);
    }

    /** Send a tick soon. Never blocks; from any thread. */
    public synchronized void offer(String payload) {
        requireNonNull(payload, "payload");
        if (ticks.size() >= MOST_TICKS) {
            ticks.removeFirst();
            dropped.increment();
        }
        ticks.addLast(payload);
        notifyAll();
    }

    /**
     * Send what somebody decided soon, perhaps twice. Never blocks; from any thread.
     *
     * @return false if so many wait already that it was not taken
     */
    public synchronized boolean order(String payload) {
        requireNonNull(payload, "payload");
        if (closing || orders.size() >= MOST_ORDERS) {
            return false;
        }
        orders.addLast(payload);
        notifyAll();
        return true;
    }

    private void run() {
        Backoff backoff = new Backoff();
        try {
            while (!closing) {
                Waiting next = next();
                if (next != null && !send(next.payload(), backoff) && next.order()) {
                    putBack(next.payload());
                }
            }
        } catch (InterruptedException e) {
            LOG.debug("The sender of ticks was interrupted and ends");
        } finally {
            hangUp();
        }
    }

    /** Waits a little for something to send. */
    private synchronized @Nullable Waiting next() throws InterruptedException {
        if (orders.isEmpty() && ticks.isEmpty()) {
            wait(LOOK_MS);
        }
        String order = orders.pollFirst();
        if (order != null) {
            return new Waiting(order, true);
        }
        String tick = ticks.pollFirst();
        return tick == null ? null : new Waiting(tick, false);
    }

    private synchronized void putBack(String order) {
        orders.addFirst(order);
    }

    private boolean send(String payload, Backoff backoff) throws InterruptedException {
        try {
            Line open = dial();
            TextMessage tick = open.session().createTextMessage(payload);
            tick.setStringProperty(JmsProperties.MESSAGE_TYPE, JmsProperties.TICK_TYPE);
            open.producer().send(tick);
            open.session().commit();
            backoff.reset();
            sent.increment();
            return true;
        } catch (JMSException | RuntimeException e) {
            dropped.increment();
            hangUp();
            Duration wait = backoff.next();
            LOG.warn("Expected to send a tick or an order to {}, but could not. wait={}ms", queue, wait.toMillis(), e);
            TimeUnit.MILLISECONDS.sleep(wait.toMillis());
            return false;
        }
    }

    private Line dial() throws JMSException {
        Line known = line;
        if (known != null) {
            return known;
        }
        Connection connection = Connections.open(settings, 0);
        try {
            // Transacted, since a commit waits for the broker and a send alone does not.
            Session session = connection.createSession(Session.SESSION_TRANSACTED);
            MessageProducer producer =
                    session.createProducer(Destination.queue(queue).in(session));
            producer.setDeliveryMode(DeliveryMode.PERSISTENT);
            Line opened = new Line(connection, session, producer);
            line = opened;
            return opened;
        } catch (JMSException | RuntimeException e) {
            Connections.closeQuietly(connection);
            throw e;
        }
    }

    private void hangUp() {
        Line known = line;
        line = null;
        if (known != null) {
            Connections.closeQuietly(known.connection());
        }
    }

    /** Drop what waits and end. */
    @Override
    public void close() {
        closing = true;
        try {
            thread.join(END.toMillis());
            if (thread.isAlive()) {
                thread.interrupt();
            }
        } catch (InterruptedException e) {
            thread.interrupt();
            Thread.currentThread().interrupt();
        }
    }
}
