// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;
import static org.awaitility.Awaitility.await;

import io.evenkeel.broker.BrokerStartException.Reason;
import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.Session;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedBrokerTest {

    @TempDir
    private Path data;

    @Test
    @DisplayName("Core, AMQP and STOMP publish with the password to one port, and one consumer receives all three")
    void shouldServeThreeProtocolsOnOnePort() throws Exception {
        try (var broker = start();
                Connection core = Clients.core(broker);
                Connection amqp = Clients.amqp(broker.port(), BrokerSettings.USER, broker.password());
                var stomp = StompClient.connect(broker.port(), BrokerSettings.USER, broker.password())) {
            // when: STOMP first, when there is no queue yet
            stomp.send("flights", "from stomp", Map.of("MESSAGE_TYPE", "Flight"));
            Clients.publish(core, "flights", List.of("from core"));
            Clients.publish(amqp, "flights", List.of("from amqp"));

            // then
            Session session = core.createSession(false, Session.AUTO_ACKNOWLEDGE);
            var received = Clients.receive(session.createConsumer(session.createQueue("flights")), 3);
            assertThat(Clients.texts(received)).containsExactly("from stomp", "from core", "from amqp");
            assertThat(received.get(0).getStringProperty("MESSAGE_TYPE")).isEqualTo("Flight");
            assertThat(broker.awaitReady(Duration.ZERO)).isTrue();
        }
    }

    @Test
    @DisplayName("no protocol lets anybody in without the password, as a guest or as somebody else")
    void shouldRefuseWithoutPassword() throws Exception {
        try (var broker = start()) {
            assertThatThrownBy(() -> Clients.core(broker.url(), BrokerSettings.USER, "wrong"))
                    .isInstanceOf(JMSException.class);
            assertThatThrownBy(() -> Clients.core(broker.url(), "guest", "guest"))
                    .isInstanceOf(JMSException.class);
            assertThatThrownBy(() -> Clients.core(broker.url(), null, null)).isInstanceOf(JMSException.class);
            assertThatThrownBy(() -> Clients.amqp(broker.port(), BrokerSettings.USER, "wrong"))
                    .isInstanceOf(JMSException.class);
            assertThatThrownBy(() -> Clients.amqp(broker.port(), null, null)).isInstanceOf(JMSException.class);
            assertThatThrownBy(() -> StompClient.connect(broker.port(), BrokerSettings.USER, "wrong"))
                    .isInstanceOf(IOException.class);
        }
    }

    @Test
    @DisplayName("the generated password is for its owner only, and the next start takes it again")
    void shouldGeneratePasswordForOwnerOnly() throws Exception {
        String first;
        try (var broker = start()) {
            first = broker.password();
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(data.resolve("password"))))
                    .isEqualTo("rw-------");
            assertThat(broker.passwordSource())
                    .isEqualTo(data.resolve("password").toString());
        }
        try (var broker = start()) {
            assertThat(broker.password()).isEqualTo(first).hasSizeGreaterThanOrEqualTo(32);
        }
    }

    @Test
    @DisplayName("a password from the environment wins and is not written to disk")
    void shouldTakePasswordFromEnvironment() throws Exception {
        var settings = BrokerSettings.of(data).withPort(0);
        try (var broker = new EmbeddedBroker(settings, Map.of(BrokerPassword.VARIABLE, "from outside")).start();
                Connection connection = Clients.core(broker.url(), BrokerSettings.USER, "from outside")) {
            assertThat(connection.getMetaData().getJMSProviderName()).isEqualTo("ActiveMQ");
            assertThat(data.resolve("password")).doesNotExist();
            assertThat(BrokerMain.readyLine(broker))
                    .startsWith("ready url=" + broker.url())
                    .contains("password=EVENKEEL_BROKER_PASSWORD")
                    .doesNotContain("from outside");
        }
    }

    @Test
    @DisplayName("a second broker in the same folder is refused at once, and the first one serves on")
    void shouldRefuseSecondBrokerInFolder() throws Exception {
        try (var first = start()) {
            assertThatThrownBy(this::start)
                    .asInstanceOf(type(BrokerStartException.class))
                    .satisfies(e -> assertThat(e.reason()).isEqualTo(Reason.DATA_IN_USE))
                    .satisfies(e -> assertThat(e).hasMessageContaining(data.toString()));
            try (Connection connection = Clients.core(first)) {
                Clients.publish(connection, "flights", List.of("still there"));
            }
            assertThat(first.countMessages("flights")).isEqualTo(1);
        }
    }

    @Test
    @DisplayName("a port in use is named, and the folder is free again afterwards")
    void shouldNamePortInUse(@TempDir Path other) throws Exception {
        try (var first = start()) {
            var second = new EmbeddedBroker(BrokerSettings.of(other).withPort(first.port()), Map.of());
            assertThatThrownBy(second::start)
                    .asInstanceOf(type(BrokerStartException.class))
                    .satisfies(e -> assertThat(e.reason()).isEqualTo(Reason.PORT_IN_USE))
                    .satisfies(e -> assertThat(e).hasMessageContaining(":" + first.port()));
        }
        try (var again = new EmbeddedBroker(BrokerSettings.of(other).withPort(0), Map.of()).start()) {
            assertThat(again.port()).isPositive();
        }
    }

    @Test
    @DisplayName("a data folder that cannot be made is named")
    void shouldNameFolderThatCannotBeMade() throws Exception {
        Path file = Files.createFile(data.resolve("a-file"));
        var broker = new EmbeddedBroker(BrokerSettings.of(file.resolve("below")).withPort(0), Map.of());
        assertThatThrownBy(broker::start)
                .asInstanceOf(type(BrokerStartException.class))
                .satisfies(e -> assertThat(e.reason()).isEqualTo(Reason.NO_ACCESS))
                .satisfies(e -> assertThat(e).hasMessageContaining("a-file"));
    }

    @Test
    @DisplayName("temporary queues leave no address behind although nothing else is deleted by itself")
    void shouldLeaveNothingOfTemporaryQueues() throws Exception {
        try (var broker = start()) {
            int before = broker.server().getPostOffice().getAddresses().size();
            try (Connection connection = Clients.core(broker)) {
                for (int i = 0; i < 5; i++) {
                    Session session = connection.createSession();
                    session.createConsumer(session.createTemporaryQueue());
                }
            }
            await().atMost(Duration.ofSeconds(5))
                    .untilAsserted(
                            () -> assertThat(broker.server().getPostOffice().getAddresses())
                                    .hasSizeLessThanOrEqualTo(
                                            before + 1)); // activemq.notifications comes with the first client
        }
    }

    @Test
    @DisplayName("a broker that stops by itself is told apart from one that was closed")
    void shouldTellWhetherItStoppedByItself() throws Exception {
        try (var broker = start()) {
            broker.server().stop();
            assertThat(broker.awaitStopped()).isFalse();
        }
        var broker = start();
        broker.close();
        assertThat(broker.awaitStopped()).isTrue();
    }

    private EmbeddedBroker start() throws BrokerStartException {
        return new EmbeddedBroker(BrokerSettings.of(data).withPort(0), Map.of()).start();
    }
}
