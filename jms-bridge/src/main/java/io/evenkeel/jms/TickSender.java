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
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends ticks to the cluster's tick queue, on a connection and a thread of its own, which opens the connection again
 * whenever it breaks. A strict {@linkplain ReceiverSettings#ofTicks receiver} takes them.
 *
 * <p>A tick may be lost or sent twice: the next one covers it. So nobody waits for it, and while there is no broker the
 * oldest ones are dropped.
 */
public final class TickSender implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TickSender.class);
    private static final int WAITING = 16;
    private static final long LOOK_MS = 200;
    private static final Duration END = Duration.ofSeconds(2);

    private final ConnectionSettings settings;
    private final String queue;
    private final BlockingQueue<String> waiting = new ArrayBlockingQueue<>(WAITING);
    private final Counter sent;
    private final Counter dropped;
    private final Thread thread;
    private volatile boolean closing;
    private @Nullable Line line;

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
    public void offer(String payload) {
        requireNonNull(payload, "payload");
        while (!waiting.offer(payload)) {
            if (waiting.poll() != null) {
                dropped.increment();
            }
        }
    }

    private void run() {
        Backoff backoff = new Backoff();
        try {
            while (!closing) {
                String payload = waiting.poll(LOOK_MS, TimeUnit.MILLISECONDS);
                if (payload != null) {
                    send(payload, backoff);
                }
            }
        } catch (InterruptedException e) {
            LOG.debug("The sender of ticks was interrupted and ends");
        } finally {
            hangUp();
        }
    }

    private void send(String payload, Backoff backoff) throws InterruptedException {
        try {
            Line open = dial();
            TextMessage tick = open.session().createTextMessage(payload);
            tick.setStringProperty(JmsProperties.MESSAGE_TYPE, JmsProperties.TICK_TYPE);
            open.producer().send(tick);
            open.session().commit();
            backoff.reset();
            sent.increment();
        } catch (JMSException | RuntimeException e) {
            dropped.increment();
            hangUp();
            Duration wait = backoff.next();
            LOG.warn("Expected to send a tick to {}, but could not. wait={}ms", queue, wait.toMillis(), e);
            TimeUnit.MILLISECONDS.sleep(wait.toMillis());
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
