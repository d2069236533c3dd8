// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.jms.tool;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.evenkeel.jms.connection.ConnectionSettings;
import io.evenkeel.jms.connection.Connections;
import io.evenkeel.jms.connection.Destination;
import io.evenkeel.jms.tool.PublishedBatch.Outcome;
import jakarta.jms.Connection;
import jakarta.jms.DeliveryMode;
import jakarta.jms.JMSException;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import jakarta.jms.TransactionRolledBackException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.activemq.artemis.api.core.ActiveMQException;
import org.apache.activemq.artemis.api.core.ActiveMQExceptionType;
import org.jspecify.annotations.Nullable;

/** Publishes lines of JSON as persistent text messages, a transaction for each batch. For one thread. */
public final class QueuePublisher implements AutoCloseable {
    private static final long BETWEEN_TRIES_MS = 200;
    private static final JsonFactory JSON = new JsonFactory();

    private final ConnectionSettings connection;
    private final PublishSettings settings;
    private @Nullable Line line;

    /** What is held of the broker while nothing goes wrong. */
    private record Line(Connection connection, Session session, MessageProducer producer) {}

    /** A line, and what its publisher calls the event; null if it has no name. */
    private record Outgoing(String body, @Nullable String id) {}

    private record Try(Outcome outcome, String failure) {}

    /** Connects with the first batch. */
    public QueuePublisher(ConnectionSettings connection, PublishSettings settings) {
        this.connection = requireNonNull(connection, "connection");
        this.settings = requireNonNull(settings, "settings");
    }

    /**
     * Publish all lines; empty ones are skipped. Blocks. A batch that fails within its patience is sent again, one whose
     * outcome is unknown only if all its events have ids, by which the receiver recognises the repeat.
     *
     * @param progress told each batch when its outcome is final
     * @throws InterruptedException if the thread was interrupted; what was reported until then holds
     */
    public PublishReport publish(Iterator<String> lines, Consumer<PublishedBatch> progress)
            throws InterruptedException {
        PublishReport report = PublishReport.NONE;
        long begun = System.nanoTime();
        long published = 0;
        long lineNumber = 0;
        List<String> batch = new ArrayList<>();
        while (lines.hasNext()) {
            // A limited rate is kept in small steps, so that events come evenly and not by the batch.
            int limit = settings.rate() == 0 ? settings.batch() : Math.min(settings.batch(), 1 + settings.rate() / 100);
            long firstLine = lineNumber + 1;
            while (batch.size() < limit && lines.hasNext()) {
                String next = lines.next();
                lineNumber++;
                if (!next.isBlank()) {
                    batch.add(next);
                }
            }
            if (!batch.isEmpty()) {
                awaitTurn(begun, published);
                PublishedBatch outcome = publishPatiently(firstLine, batch);
                published += batch.size();
                report = report.plus(outcome);
                progress.accept(outcome);
                batch.clear();
            }
        }
        return report;
    }

    private void awaitTurn(long begunNanos, long published) throws InterruptedException {
        if (settings.rate() > 0) {
            long dueNanos = begunNanos + published * 1_000_000_000L / settings.rate();
            long waitNanos = dueNanos - System.nanoTime();
            if (waitNanos > 0) {
                TimeUnit.NANOSECONDS.sleep(waitNanos);
            }
        }
    }

    private PublishedBatch publishPatiently(long firstLine, List<String> bodies) throws InterruptedException {
        List<Outgoing> batch = bodies.stream().map(this::outgoing).toList();
        int withoutId = settings.idField() == null
                ? 0
                : (int) batch.stream().filter(event -> event.id() == null).count();
        boolean recognised = settings.idField() != null && withoutId == 0;
        long deadline = System.nanoTime() + settings.patience().toNanos();
        boolean everUnknown = false;
        while (true) {
            Try last = publishOnce(batch);
            everUnknown |= last.outcome() == Outcome.UNKNOWN;
            boolean done = last.outcome() == Outcome.OK
                    || (last.outcome() == Outcome.UNKNOWN && !recognised)
                    || System.nanoTime() - deadline >= 0;
            if (done) {
                // A try that failed for certain says nothing about the one before it.
                boolean unknown = last.outcome() == Outcome.FAILED && everUnknown;
                return new PublishedBatch(
                        firstLine, batch.size(), withoutId, unknown ? Outcome.UNKNOWN : last.outcome(), last.failure());
            }
            TimeUnit.MILLISECONDS.sleep(BETWEEN_TRIES_MS);
        }
    }

    private Outgoing outgoing(String body) {
        return new Outgoing(body, settings.idField() == null ? null : findField(body, settings.idField()));
    }

    private Try publishOnce(List<Outgoing> batch) {
        Outcome ifItFails = Outcome.FAILED;
        try {
            Line open = dial();
            for (Outgoing event : batch) {
                TextMessage message = open.session().createTextMessage(event.body());
                if (settings.eventType() != null) {
                    message.setStringProperty("MESSAGE_TYPE", settings.eventType());
                }
                if (event.id() != null) {
                    message.setStringProperty("eventId", event.id());
                }
                open.producer().send(message);
            }
            ifItFails = Outcome.UNKNOWN;
            open.session().commit();
            return new Try(Outcome.OK, "");
        } catch (JMSException | RuntimeException e) {
            hangUp();
            return new Try(knownFailure(e) ? Outcome.FAILED : ifItFails, e.toString());
        }
    }

    private static boolean knownFailure(Exception e) {
        // The same class stands for "rolled back" and for "nobody knows"; the code tells them apart.
        return e instanceof TransactionRolledBackException rolledBack
                && rolledBack.getCause() instanceof ActiveMQException cause
                && cause.getType() == ActiveMQExceptionType.TRANSACTION_ROLLED_BACK;
    }

    /** The value of a field at the top of a JSON object, as text; null if there is none or the line is not such an object. */
    static @Nullable String findField(String json, String field) {
        try (JsonParser parser = JSON.createParser(json)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                return null;
            }
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                boolean wanted = parser.currentName().equals(field);
                JsonToken value = parser.nextToken();
                if (wanted) {
                    return value.isScalarValue() && value != JsonToken.VALUE_NULL ? parser.getText() : null;
                }
                parser.skipChildren();
            }
            return null;
        } catch (IOException e) {
            return null; // the receiver is the one to refuse it, with a reason
        }
    }

    private Line dial() throws JMSException {
        Line known = line;
        if (known != null) {
            return known;
        }
        Connection opening = Connections.open(connection, 0);
        try {
            Session session = opening.createSession(Session.SESSION_TRANSACTED);
            MessageProducer producer =
                    session.createProducer(Destination.queue(settings.queue()).in(session));
            producer.setDeliveryMode(DeliveryMode.PERSISTENT);
            Line opened = new Line(opening, session, producer);
            line = opened;
            return opened;
        } catch (JMSException | RuntimeException e) {
            Connections.closeQuietly(opening);
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

    @Override
    public void close() {
        hangUp();
    }
}
