// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.task;

import com.fasterxml.jackson.databind.JsonNode;
import io.evenkeel.correlator.config.DatabaseSettings;
import io.evenkeel.correlator.http.MatchHistory;
import io.evenkeel.query.json.ExactJson;
import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Properties;
import org.slf4j.LoggerFactory;

/**
 * A table of matches in a database, made if it is not there. A match is a row by its id: written again, it is the same
 * row. A database that says nothing is left after some seconds, so that the task does not hang with it. For one thread.
 */
final class MatchTable implements ForwardTarget {
    private static final String COLUMNS =
            "match_id, query, instance, version, match_key, cause, event, destination, body";
    private static final String ROW = "(?, ?, ?, ?, ?, ?, ?, ?, ?)";
    private static final List<String> FIELDS =
            List.of("id", "query", "instance", "version", "key", "cause", "event", "destination");

    /** Of a statement. */
    private static final Duration LIMIT = Duration.ofSeconds(20);

    private final Connection connection;
    private final int limitSeconds;
    private final Upsert upsert;

    /** What stands before and behind the rows. */
    private record Upsert(String head, String tail) {}

    /** @param table its name; checked, since it becomes part of statements */
    MatchTable(DatabaseSettings settings, String table) throws SQLException {
        this(settings, table, LIMIT);
    }

    /** @param limit of a statement, and of logging in; in whole seconds */
    MatchTable(DatabaseSettings settings, String table, Duration limit) throws SQLException {
        limitSeconds = (int) limit.toSeconds();
        Properties login = limits(settings.url(), limitSeconds);
        login.setProperty("user", settings.user());
        login.setProperty("password", settings.readPassword());
        connection = DriverManager.getConnection(settings.url(), login);
        try {
            String product = connection.getMetaData().getDatabaseProductName();
            upsert = upsert(product, table);
            make(table);
        } catch (SQLException | RuntimeException e) {
            close();
            throw e;
        }
    }

    /**
     * How long the driver waits for a word from the other side. A statement is cancelled earlier, which a database that is
     * only busy answers. By each driver's own settings: {@code Connection.setNetworkTimeout} does nothing in H2, and comes
     * too late for logging in. What the URL says goes before them.
     */
    private static Properties limits(String url, int seconds) {
        Properties limits = new Properties();
        if (url.startsWith("jdbc:postgresql:")) {
            limits.setProperty("connectTimeout", String.valueOf(seconds));
            limits.setProperty("loginTimeout", String.valueOf(seconds));
            limits.setProperty("socketTimeout", String.valueOf(2 * seconds));
        } else if (url.matches("jdbc:h2:(tcp|ssl):.*")
                && !url.toUpperCase(Locale.ROOT).contains("NETWORK_TIMEOUT=")) {
            limits.setProperty("NETWORK_TIMEOUT", String.valueOf(2_000 * seconds));
        }
        return limits;
    }

    private void make(String table) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.setQueryTimeout(limitSeconds);
            statement.execute("create table if not exists " + table
                    + " (match_id varchar(1000) primary key, query varchar(1000), instance varchar(1000), version integer,"
                    + " match_key varchar(10000), cause varchar(1000), event varchar(1000), destination varchar(1000),"
                    + " body varchar(1000000))");
        }
    }

    private static Upsert upsert(String product, String table) {
        String values = " (" + COLUMNS + ")";
        return switch (product) {
            case "PostgreSQL" ->
                new Upsert("insert into " + table + values + " values ", " on conflict (match_id) do nothing");
            case "H2" -> new Upsert("merge into " + table + values + " key (match_id) values ", "");
            default ->
                throw new IllegalArgumentException("Expected PostgreSQL or H2, whose way to write a row once is known,"
                        + " but the database is " + product + ".");
        };
    }

    /**
     * One statement is the whole transaction: a node that is frozen between two of them holds no row that its successor
     * waits for.
     */
    @Override
    public void write(List<MatchHistory.Entry> matches) throws SQLException, IOException {
        String rows = String.join(", ", Collections.nCopies(matches.size(), ROW));
        try (PreparedStatement statement = connection.prepareStatement(upsert.head() + rows + upsert.tail())) {
            statement.setQueryTimeout(limitSeconds);
            int column = 1;
            for (MatchHistory.Entry match : matches) {
                JsonNode json = ExactJson.MAPPER.readTree(match.json());
                for (String field : FIELDS) {
                    if (field.equals("version")) {
                        statement.setInt(column++, json.path(field).asInt());
                    } else {
                        statement.setString(column++, json.path(field).asText());
                    }
                }
                // A body that the feed does not carry is null here too.
                JsonNode body = json.path("body");
                statement.setString(column++, body.isNull() ? null : body.toString());
            }
            statement.executeUpdate();
        }
    }

    @Override
    public void close() {
        try {
            connection.close();
        } catch (SQLException e) {
            // It ends with the process, or by the database's own timeout.
            LoggerFactory.getLogger(MatchTable.class).debug("Closing a connection failed", e);
        }
    }
}
