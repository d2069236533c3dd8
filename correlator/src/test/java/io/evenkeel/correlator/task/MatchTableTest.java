// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evenkeel.correlator.config.DatabaseSettings;
import io.evenkeel.correlator.http.MatchHistory;
import io.evenkeel.correlator.http.MemoryHistory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.h2.tools.Server;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("A table of matches")
@Timeout(120)
class MatchTableTest {
    /** Of a database that says nothing: each test of one waits so long. */
    private static final Duration LIMIT = Duration.ofSeconds(1);
    /** Of one that has answered before, and then says nothing. */
    private static final Duration WARM_LIMIT = Duration.ofSeconds(4);
    /** Of one that does what it is asked. */
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    Path folder;

    private Path password;
    private Server database;
    private List<MatchHistory.Entry> matches;

    @BeforeEach
    void start() throws IOException, SQLException {
        password = Files.writeString(folder.resolve("password"), "secret\n");
        database = Server.createTcpServer("-tcpPort", "0", "-ifNotExists").start();
        MemoryHistory history = new MemoryHistory(10);
        history.add("a", "b");
        matches = history.read(0).entries();
    }

    @AfterEach
    void stop() {
        database.stop();
    }

    @ParameterizedTest
    @ValueSource(strings = {"jdbc:postgresql://127.0.0.1:%d/matches", "jdbc:h2:tcp://127.0.0.1:%d/mem:matches"})
    @DisplayName("is given up if the database takes the connection and says nothing")
    void shouldGiveUpLoggingIn(String url) throws IOException {
        try (SilentServer silent = new SilentServer()) {
            assertThatThrownBy(() -> open(url.formatted(silent.port()), LIMIT)).isInstanceOf(SQLException.class);
        }
    }

    @Test
    @DisplayName("is given up if the database falls silent later, and has each match once when it speaks again")
    void shouldGiveUpWriting() throws Exception {
        try (SilentServer between = new SilentServer(database.getPort())) {
            String path = "/mem:matches;DB_CLOSE_DELAY=-1";
            String direct = "jdbc:h2:tcp://127.0.0.1:" + database.getPort() + path;
            try (MatchTable table = open(direct, PATIENCE)) {
                // What loads the classes of the database and makes the table takes its time on a busy machine.
                table.write(matches.subList(0, 1));
            }
            try (MatchTable table = open("jdbc:h2:tcp://127.0.0.1:" + between.port() + path, WARM_LIMIT)) {
                table.write(matches.subList(0, 1));
                between.beSilent();
                assertThatThrownBy(() -> table.write(matches)).isInstanceOf(SQLException.class);
            }
            try (MatchTable table = open(direct, PATIENCE)) {
                table.write(matches);
                table.write(matches);
            }
            assertThat(rows(direct)).isEqualTo(2);
        }
    }

    @Test
    @DisplayName("leaves what its URL says about limits as it is")
    void shouldLeaveWhatTheUrlSays() throws Exception {
        String url =
                "jdbc:h2:tcp://127.0.0.1:" + database.getPort() + "/mem:limits;DB_CLOSE_DELAY=-1;NETWORK_TIMEOUT=9000";
        try (MatchTable table = open(url, PATIENCE)) {
            table.write(matches);
        }
        assertThat(rows(url)).isEqualTo(2);
    }

    private MatchTable open(String url, Duration limit) throws SQLException {
        return new MatchTable(new DatabaseSettings("matches", url, "sa", password), "matches", limit);
    }

    private static int rows(String url) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url, "sa", "secret");
                ResultSet rows = connection.createStatement().executeQuery("select count(*) from matches")) {
            rows.next();
            return rows.getInt(1);
        }
    }
}
