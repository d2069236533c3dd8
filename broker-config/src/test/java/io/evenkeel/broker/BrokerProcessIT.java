// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.jms.Connection;
import jakarta.jms.Message;
import jakarta.jms.Session;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.activemq.artemis.jms.client.ActiveMQMessage;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BrokerProcessIT {

    private static final Duration LIMIT = Duration.ofSeconds(30);

    @TempDir
    private Path data;

    @Test
    @DisplayName(
            "N15 kill -9 and restart keep committed messages in order with their identity, and drop uncommitted ones")
    void shouldKeepMessagesOverKill() throws Exception {
        List<String> events =
                IntStream.range(0, 200).mapToObj(Integer::toString).toList();
        List<Long> before = new ArrayList<>();
        int port;

        try (var broker = start(0)) {
            port = broker.port();
            try (Connection connection = connect(broker)) {
                Clients.publish(connection, "flights", events);
                Session consuming = connection.createSession(true, Session.SESSION_TRANSACTED);
                ids(Clients.receive(consuming.createConsumer(consuming.createQueue("flights")), 200), before);
                Session publishing = connection.createSession(true, Session.SESSION_TRANSACTED);
                publishing
                        .createProducer(publishing.createQueue("flights"))
                        .send(publishing.createTextMessage("uncommitted"));
                broker.kill();
            }
            assertThat(broker.isAlive()).isFalse();
        }

        try (var broker = start(port);
                Connection connection = connect(broker)) {
            Clients.publish(connection, "flights", List.of("after"));
            Session session = connection.createSession(true, Session.SESSION_TRANSACTED);
            var received = Clients.receive(session.createConsumer(session.createQueue("flights")), 201);
            List<Long> after = new ArrayList<>();
            ids(received, after);

            assertThat(Clients.texts(received).subList(0, 200)).isEqualTo(events);
            assertThat(Clients.texts(received)).hasSize(201).last().isEqualTo("after");
            assertThat(after.subList(0, 200)).isEqualTo(before);
            assertThat(after.get(200)).as("an id that was never used").isGreaterThan(before.get(199));
            assertThat(broker.port()).isEqualTo(port);
        }
    }

    @Test
    @DisplayName("SIGTERM ends the broker with exit code 0 and leaves folder and port free")
    void shouldStopCleanlyOnSigterm() throws Exception {
        int port;
        try (var broker = start(0)) {
            port = broker.port();
            assertThat(broker.readyLine())
                    .startsWith("ready url=tcp://127.0.0.1:" + port)
                    .contains("user=evenkeel", "password=" + data.resolve("password"), "data=" + data)
                    .doesNotContain(broker.password());
            assertThat(broker.stop()).as(broker.lastLines()).isZero();
        }
        try (var again = start(port)) {
            assertThat(again.isAlive()).isTrue();
        }
    }

    @Test
    @DisplayName("a second process in the same folder ends and tells why")
    void shouldRefuseSecondProcessInFolder() throws Exception {
        try (var broker = start(0)) {
            assertThatThrownBy(() -> start(0))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("Expected to be the only broker in " + data);
            assertThat(broker.isAlive()).isTrue();
        }
    }

    private BrokerProcess start(int port) throws IOException, InterruptedException {
        return BrokerProcess.start(BrokerSettings.of(data).withPort(port), LIMIT);
    }

    private static Connection connect(BrokerProcess broker) throws Exception {
        return Clients.core(broker.url(), BrokerSettings.USER, broker.password());
    }

    private static void ids(List<Message> messages, List<Long> into) {
        messages.forEach(
                message -> into.add(((ActiveMQMessage) message).getCoreMessage().getMessageID()));
    }
}
