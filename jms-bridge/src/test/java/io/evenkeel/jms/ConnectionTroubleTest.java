// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.jms;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evenkeel.jms.connection.ConnectionSettings;
import io.evenkeel.jms.connection.Connections;
import jakarta.jms.JMSException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is told of a port where no broker answers; {@code BrokerPairIT} has those of real brokers. */
@Timeout(60)
@DisplayName("Who cannot connect is told that what is there")
class ConnectionTroubleTest {
    @TempDir
    Path folder;

    /** What a peer does with each connection. */
    private interface Peer {
        void meet(Socket connection) throws IOException;
    }

    @ParameterizedTest(name = "hangs up, as Docker does for a container that does not listen{0}")
    @ValueSource(strings = {"", "?sslEnabled=true&trustAll=true"})
    void shouldTellWhoHangsUp(String options) throws IOException {
        assertTold(Socket::close, options, "accepts connections and hangs up");
    }

    @Test
    @DisplayName("is no broker, since it speaks first")
    void shouldTellWhoSpeaksFirst() throws IOException {
        assertTold(
                connection -> {
                    connection.getOutputStream().write("220 mail\r\n".getBytes(StandardCharsets.US_ASCII));
                    connection.shutdownOutput();
                },
                "",
                "is no broker: it speaks first");
    }

    @Test
    @DisplayName("is nothing")
    void shouldTellWhereNothingServes() throws IOException {
        int port;
        try (ServerSocket closed = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = closed.getLocalPort();
        }
        assertTold(port, "", "refuses connections: nothing serves there");
    }

    private void assertTold(Peer peer, String options, String told) throws IOException {
        try (ServerSocket server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            Thread serving = new Thread(() -> serve(server, peer), "peer");
            serving.setDaemon(true);
            serving.start();
            assertTold(server.getLocalPort(), options, told);
        }
    }

    private void assertTold(int port, String options, String told) throws IOException {
        Path password = Files.writeString(folder.resolve("password"), "secret");
        ConnectionSettings settings =
                new ConnectionSettings("main", "tcp://127.0.0.1:" + port + options, "user", password);
        assertThatThrownBy(() -> Connections.open(settings, 0))
                .isInstanceOf(JMSException.class)
                .hasMessageContaining("connection main, but 127.0.0.1:" + port + " " + told);
    }

    private static void serve(ServerSocket server, Peer peer) {
        while (!server.isClosed()) {
            try (Socket connection = server.accept()) {
                peer.meet(connection);
            } catch (IOException e) {
                // The other side has gone, or the test is over: the next one, if there is any.
            }
        }
    }
}
