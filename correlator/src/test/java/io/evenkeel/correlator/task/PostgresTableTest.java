// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evenkeel.correlator.config.DatabaseSettings;
import io.evenkeel.correlator.http.MatchHistory.Entry;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** PostgreSQL itself, from binaries that Maven brings, in processes of its own. */
@DisplayName("A table of matches in PostgreSQL")
@Timeout(120)
class PostgresTableTest {
    private static final int MATCHES = 500;

    @TempDir
    static Path folder;

    private static EmbeddedPostgres postgres;

    @BeforeAll
    static void start() throws IOException {
        Assumptions.assumeTrue(
                System.getProperty("os.name").equals("Linux")
                        && System.getProperty("os.arch").equals("amd64"),
                "binaries of PostgreSQL are here for Linux on amd64 only: no match is written to one");
        postgres = EmbeddedPostgres.builder()
                .setOverrideWorkingDirectory(folder.resolve("binaries").toFile())
                .setDataDirectory(folder.resolve("data"))
                .start();
    }

    @AfterAll
    static void stop() throws IOException {
        if (postgres != null) {
            postgres.close();
        }
    }

    @Test
    @DisplayName("T9 has each match as one row, written again, and by two nodes at once")
    void shouldHaveEachMatchOnce() throws Exception {
        List<Entry> matches = entries("once", "{\"n\":1}");
        ExecutorService nodes = Executors.newFixedThreadPool(2);
        try (MatchTable one = table("once");
                MatchTable other = table("once")) {
            one.write(matches.subList(0, MATCHES / 2));
            List<Future<?>> both = List.of(
                    nodes.submit(() -> {
                        one.write(matches);
                        return null;
                    }),
                    nodes.submit(() -> {
                        other.write(matches);
                        return null;
                    }));
            for (Future<?> write : both) {
                write.get();
            }
        } finally {
            nodes.shutdownNow();
        }
        assertThat(read("select count(*) from once")).isEqualTo(String.valueOf(MATCHES));
        assertThat(read("select query || '/' || instance || ' ' || version || ' ' || body from once limit 1"))
                .isEqualTo("q/i 3 {\"n\":1}");
    }

    @Test
    @DisplayName("has no body where the feed has none, and says what is wrong with a table of another shape")
    void shouldTakeWhatThereIs() throws Exception {
        try (MatchTable table = table("bodies")) {
            table.write(entries("bodies", "null").subList(0, 1));
        }
        assertThat(read("select coalesce(body, 'none') from bodies")).isEqualTo("none");

        try (Connection connection = postgres.getPostgresDatabase().getConnection()) {
            connection.createStatement().execute("create table other (a int)");
        }
        try (MatchTable table = table("other")) {
            assertThatThrownBy(() -> table.write(entries("other", "{}")))
                    .isInstanceOf(SQLException.class)
                    .hasMessageContaining("match_id");
        }
    }

    private static MatchTable table(String name) throws SQLException, IOException {
        Path password = Files.writeString(folder.resolve("password"), "no matter: it trusts its own machine\n");
        String url = postgres.getJdbcUrl("postgres", "postgres");
        return new MatchTable(new DatabaseSettings("matches", url, "postgres", password), name);
    }

    private static List<Entry> entries(String prefix, String body) {
        return IntStream.range(0, MATCHES)
                .mapToObj(i -> {
                    String id = prefix + i;
                    return new Entry(id, "q", "i", """
                            {"id":"%s","query":"q","instance":"i","version":3,"key":"k","cause":"c","event":"E",
                             "destination":"queue:out","body":%s}""".formatted(id, body));
                })
                .toList();
    }

    private static String read(String query) throws SQLException {
        try (Connection connection = postgres.getPostgresDatabase().getConnection();
                ResultSet rows = connection.createStatement().executeQuery(query)) {
            rows.next();
            return rows.getString(1);
        }
    }
}
