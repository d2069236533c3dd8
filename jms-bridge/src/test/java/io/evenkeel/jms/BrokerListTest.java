// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.jms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evenkeel.jms.connection.ConnectionSettings;
import io.evenkeel.jms.connection.Connections;
import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("A connection by a url with a list of brokers:")
class BrokerListTest {
    /** Enough for either end of the list to be drawn first, but for one run in a thousand. */
    private static final int TRIES = 10;

    private static final Duration SOON = Duration.ofSeconds(10);

    @TempDir
    private static Path folder;

    private static TestBroker broker;
    private static int nobody;

    @BeforeAll
    static void start() throws Exception {
        broker = new TestBroker(folder);
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            nobody = free.getLocalPort();
        }
    }

    @AfterAll
    static void stop() throws Exception {
        broker.close();
    }

    @Test
    @DisplayName("each open tries all of them, at once, wherever the one that serves stands")
    void shouldFindTheOneThatServes() throws JMSException {
        String serving = broker.settings().url();
        String other = "tcp://127.0.0.1:" + nobody;
        long begun = System.nanoTime();
        for (int i = 0; i < TRIES; i++) {
            Connections.closeQuietly(open("(" + other + "," + serving + ")?ha=true"));
            Connections.closeQuietly(open("(" + serving + "," + other + ")?ha=true"));
        }
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(SOON);
    }

    @Test
    @DisplayName("a host that drops what it gets is waited for 3 s, not 30, and then the other one serves")
    void shouldNotWaitForSilentHost() throws Exception {
        String serving = broker.settings().url();
        try (SilentHost silent = SilentHost.start()) {
            String other = "tcp://127.0.0.1:" + silent.port();
            long begun = System.nanoTime();
            assertThatThrownBy(() -> open(other)).hasMessageContaining(silent.port() + " cannot be reached within");
            assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(20));

            begun = System.nanoTime();
            Connections.closeQuietly(open("(" + other + "," + serving + ")?ha=true"));
            assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(20));
        }
    }

    /** A port whose listener has no room left: the kernel drops what else wants to connect. */
    private record SilentHost(ServerSocket listener, List<Socket> waiting) implements AutoCloseable {
        private static final int BACKLOG = 1;

        static SilentHost start() throws IOException {
            SilentHost host =
                    new SilentHost(new ServerSocket(0, BACKLOG, InetAddress.getLoopbackAddress()), new ArrayList<>());
            for (boolean accepted = true; accepted; ) {
                accepted = host.connect();
            }
            return host;
        }

        private boolean connect() throws IOException {
            Socket socket = new Socket();
            try {
                socket.connect(listener.getLocalSocketAddress(), 500);
                waiting.add(socket);
                return true;
            } catch (SocketTimeoutException full) {
                socket.close();
                return false;
            }
        }

        int port() {
            return listener.getLocalPort();
        }

        @Override
        public void close() throws IOException {
            for (Socket socket : waiting) {
                socket.close();
            }
            listener.close();
        }
    }

    @Test
    @DisplayName("if none serves, the failure names each with what was found there, and nothing secret")
    void shouldSayWhereNobodyIs() {
        assertThatThrownBy(() ->
                        open("(tcp://127.0.0.1:%d,tcp://no.such.host.invalid:61616)?ha=true&trustStorePassword=word"
                                .formatted(nobody)))
                .isInstanceOf(JMSException.class)
                .hasMessageContaining("connection pair")
                .hasMessageContaining("127.0.0.1:" + nobody + " refuses connections")
                .hasMessageContaining("no.such.host.invalid:61616 is a host that nobody knows")
                .hasMessageNotContaining("word");
    }

    private static Connection open(String url) throws JMSException {
        ConnectionSettings known = broker.settings();
        return Connections.open(new ConnectionSettings("pair", url, known.user(), known.passwordFile()), 0);
    }
}
