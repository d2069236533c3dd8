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
import java.util.Collections;
import java.util.List;
import java.util.Properties;
import org.slf4j.LoggerFactory;

/**
 * A table of matches in a database, made if it is not there. A match is a row by its id: written again, it is the same
 * row. For one thread.
 */
final class MatchTable implements ForwardTarget {
    private static final String COLUMNS =
            "match_id, query, instance, version, match_key, cause, event, destination, body";
    private static final String ROW = "(?, ?, ?, ?, ?, ?, ?, ?, ?)";
    private static final List<String> FIELDS =
            List.of("id", "query", "instance", "version", "key", "cause", "event", "destination");

    private final Connection connection;
    private final Upsert upsert;

    /** What stands before and behind the rows. */
    private record Upsert(String head, String tail) {}

    /** @param table its name; checked, since it becomes part of statements */
    MatchTable(DatabaseSettings settings, String table) throws SQLException {
        Properties login = new Properties();
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

    private void make(String table) throws SQLException {
        try (Statement statement = connection.createStatement()) {
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
