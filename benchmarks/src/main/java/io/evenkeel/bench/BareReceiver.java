// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.bench;

import io.evenkeel.jms.connection.ConnectionSettings;
import io.evenkeel.jms.connection.Connections;
import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * What nodes are compared with: receives batches of up to 1,000 in one transacted session, passes on what would match if it is told where
 * to, commits, and does nothing else. Same client settings as a node's receiver, in a JVM of its own as a node is.
 */
final class BareReceiver {
    private static final int BATCH = 1_000;
    /** As a strict receiver's. */
    private static final int WINDOW = 4 * 1024 * 1024;
    /** How far a node's batches are apart at least while they are not full. */
    private static final long GAP_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    private BareReceiver() {}

    /** Starts one in a process of its own and waits until it receives. @param passOn more arguments: the queue to pass on to, if any */
    static ChildProcess start(String queue, Path folder, List<String> jvm, ConnectionSettings broker, String... passOn)
            throws IOException {
        List<String> arguments = new ArrayList<>(
                List.of(broker.url(), broker.user(), broker.passwordFile().toString(), queue));
        arguments.addAll(List.of(passOn));
        ChildProcess receiver = ChildProcess.start(
                queue, folder.resolve(queue + ".log"), jvm, BareReceiver.class, arguments.toArray(String[]::new));
        receiver.awaitReady(Cluster.START_LIMIT);
        return receiver;
    }

    /** Arguments: url, user, file of the password, queue, and the queue to pass on to if it is to. Runs until it is killed. */
    public static void main(String[] arguments) throws Exception {
        ConnectionSettings settings = new ConnectionSettings("main", arguments[0], arguments[1], Path.of(arguments[2]));
        Connection connection = Connections.open(settings, WINDOW);
        Session session = connection.createSession(Session.SESSION_TRANSACTED);
        MessageConsumer consumer = session.createConsumer(session.createQueue(arguments[3]));
        MessageProducer producer =
                arguments.length > 4 ? session.createProducer(session.createQueue(arguments[4])) : null;
        connection.start();
        System.out.println("ready bare receiver of " + arguments[3]);
        List<Message> batch = new ArrayList<>(BATCH);
        while (true) {
            Message message = consumer.receive();
            long begun = System.nanoTime();
            for (; message != null; message = batch.size() < BATCH ? consumer.receiveNoWait() : null) {
                batch.add(message);
            }
            if (producer != null) {
                passOn(batch, session, producer);
            }
            session.commit();
            if (producer != null && batch.size() < BATCH) {
                LockSupport.parkNanos(begun + GAP_NANOS - System.nanoTime());
            }
            batch.clear();
        }
    }

    private static void passOn(List<Message> batch, Session session, MessageProducer producer) throws JMSException {
        for (Message message : batch) {
            String text = ((TextMessage) message).getText();
            if (Readings.isHigh(text)) {
                producer.send(session.createTextMessage(text));
            }
        }
    }
}
