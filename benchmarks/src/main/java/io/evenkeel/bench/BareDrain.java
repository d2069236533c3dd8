// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.bench;

import io.evenkeel.jms.connection.ConnectionSettings;
import io.evenkeel.jms.connection.Connections;
import jakarta.jms.Connection;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.Session;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What a node is compared with: receives batches of 1,000 in one transacted session, commits them and does nothing else.
 * Same client settings as a node's receiver, in a JVM of its own as a node is.
 */
final class BareDrain {
    private static final int BATCH = 1_000;
    /** As a strict receiver's. */
    private static final int WINDOW = 4 * 1024 * 1024;

    private BareDrain() {}

    /** Arguments: url, user, file of the password, queue. Runs until it is killed. */
    public static void main(String[] arguments) throws Exception {
        ConnectionSettings settings = new ConnectionSettings("main", arguments[0], arguments[1], Path.of(arguments[2]));
        Connection connection = Connections.open(settings, WINDOW);
        Session session = connection.createSession(Session.SESSION_TRANSACTED);
        MessageConsumer consumer = session.createConsumer(session.createQueue(arguments[3]));
        connection.start();
        System.out.println("ready bare drain of " + arguments[3]);
        while (true) {
            int received = 0;
            for (Message message = consumer.receive(); message != null; message = next(consumer, received)) {
                received++;
            }
            session.commit();
        }
    }

    private static @Nullable Message next(MessageConsumer consumer, int received) throws Exception {
        return received < BATCH ? consumer.receiveNoWait() : null;
    }
}
