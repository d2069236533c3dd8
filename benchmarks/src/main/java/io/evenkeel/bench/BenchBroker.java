// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.bench;

import io.evenkeel.broker.BrokerProcess;
import io.evenkeel.broker.BrokerSettings;
import io.evenkeel.jms.connection.ConnectionSettings;
import io.evenkeel.jms.connection.Connections;
import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.apache.activemq.artemis.api.jms.management.JMSManagementHelper;

/** The broker in its own process, with a line to its management. For one thread. */
final class BenchBroker implements AutoCloseable {
    private static final int ANSWER_MS = 10_000;

    private final BrokerProcess process;
    private final ConnectionSettings settings;
    private final Connection connection;
    private final Session session;
    private final MessageProducer requests;
    private final jakarta.jms.Queue replyTo;
    private final MessageConsumer replies;

    private BenchBroker(BrokerProcess process, Path folder) throws JMSException {
        this.process = process;
        this.settings = new ConnectionSettings("main", process.url(), BrokerSettings.USER, folder.resolve("password"));
        this.connection = Connections.open(settings, 0);
        this.session = connection.createSession(Session.AUTO_ACKNOWLEDGE);
        this.requests = session.createProducer(session.createQueue("activemq.management"));
        this.replyTo = session.createTemporaryQueue();
        this.replies = session.createConsumer(replyTo);
        connection.start();
    }

    static BenchBroker start(Path folder) throws IOException, InterruptedException, JMSException {
        BrokerProcess process = BrokerProcess.start(BrokerSettings.of(folder).withPort(0), Duration.ofSeconds(60));
        try {
            return new BenchBroker(process, folder);
        } catch (JMSException | RuntimeException e) {
            process.kill();
            throw e;
        }
    }

    long pid() {
        return process.pid();
    }

    ConnectionSettings settings() {
        return settings;
    }

    /** Holds messages back from consumers; what they have already stays theirs. */
    void pause(String queue) throws JMSException {
        Message request = session.createMessage();
        JMSManagementHelper.putOperationInvocation(request, "queue." + queue, "pause");
        ask(request);
    }

    void resume(String queue) throws JMSException {
        Message request = session.createMessage();
        JMSManagementHelper.putOperationInvocation(request, "queue." + queue, "resume");
        ask(request);
    }

    /** Messages that a commit has taken off the queue since the broker was started. */
    long acknowledged(String queue) throws JMSException {
        return attribute(queue, "messagesAcknowledged");
    }

    /** Messages in the queue, those under way to a consumer included. */
    long depth(String queue) throws JMSException {
        return attribute(queue, "messageCount");
    }

    private long attribute(String queue, String attribute) throws JMSException {
        Message request = session.createMessage();
        JMSManagementHelper.putAttribute(request, "queue." + queue, attribute);
        return ((Number) ask(request)).longValue();
    }

    private Object ask(Message request) throws JMSException {
        request.setJMSReplyTo(replyTo);
        requests.send(request);
        Message reply = replies.receive(ANSWER_MS);
        if (reply == null) {
            throw new JMSException(
                    "Expected the broker's management to answer within " + ANSWER_MS + " ms, but it did not");
        }
        try {
            Object result = JMSManagementHelper.getResult(reply);
            if (!JMSManagementHelper.hasOperationSucceeded(reply)) {
                throw new JMSException("Expected the broker to do as told, but it answered " + result);
            }
            return result == null ? "" : result;
        } catch (JMSException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException("Expected to read an answer of the broker's management, but could not", e);
        }
    }

    @Override
    public void close() {
        Connections.closeQuietly(connection);
        process.close();
    }
}
