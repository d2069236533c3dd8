// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.task;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.evenkeel.correlator.config.NodeConfiguration;
import io.evenkeel.correlator.http.MemoryHistory;
import io.evenkeel.jms.connection.ConnectionSettings;
import io.evenkeel.query.CatalogSnapshot;
import io.evenkeel.query.Fault;
import io.evenkeel.tasks.run.Kinds;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class JmsSettingsTest {
    private static final YAMLMapper YAML = new YAMLMapper();

    @Test
    @DisplayName("a redrive needs a queue, and where to only if its name does not tell")
    void shouldCheckRedrive() {
        assertThat(redrive("{from: flights.rejected}", "main")).isEmpty();
        assertThat(redrive(
                        "{from: dead, to: flights, selector: \"evenkeelReason = 'NULL_KEY'\", limit: 10, perSecond: 50,"
                                + " newIds: true}",
                        "main"))
                .isEmpty();
        assertThat(fields(redrive("{from: flights}", "main"))).containsExactly("settings.to");
        assertThat(fields(redrive("{from: .late}", "main"))).containsExactly("settings.to");
        assertThat(fields(redrive("{from: a, to: a}", "main"))).containsExactly("settings.to");
        assertThat(fields(redrive("{from: \"flights::q.rejected\"}", "main"))).containsExactly("settings.from");
        assertThat(fields(redrive("{form: flights.rejected}", "main"))).contains("settings.form", "settings.from");
        assertThat(fields(redrive("{from: flights.rejected, limit: 0, perSecond: 1.5, newIds: maybe}", "main")))
                .containsExactly("settings.limit", "settings.perSecond", "settings.newIds");
    }

    @Test
    @DisplayName("a selector that is none is refused where it was sent, with what is wrong")
    void shouldCheckSelector() {
        List<Fault> faults = redrive("{from: flights.rejected, selector: \"evenkeelReason == 'NULL_KEY'\"}", "main");

        assertThat(fields(faults)).containsExactly("settings.selector");
        assertThat(faults.get(0).message())
                .startsWith("Expected a JMS selector such as evenkeelReason = 'NULL_KEY', but it is none: ");
    }

    @Test
    @DisplayName("a connection is one of the configuration, and need not be named if there is only one")
    void shouldCheckConnection() {
        assertThat(redrive("{from: flights.rejected, connection: main}", "main"))
                .isEmpty();
        assertThat(fields(redrive("{from: flights.rejected}", "main", "other"))).containsExactly("settings.connection");
        List<Fault> unknown = redrive("{from: flights.rejected, connection: man}", "main", "other");
        assertThat(fields(unknown)).containsExactly("settings.connection");
        assertThat(unknown.get(0).message()).contains("[main, other]", "'man'");
        assertThat(fields(redrive("{from: flights.rejected}"))).containsExactly("settings.connection");
    }

    @Test
    @DisplayName("a forward task has one target; a connection belongs to a queue")
    void shouldCheckForward() {
        assertThat(forward("{query: q, queue: mirror}")).isEmpty();
        assertThat(forward("{query: q, queue: mirror, connection: main}")).isEmpty();
        assertThat(fields(forward("{query: q}"))).containsExactly("settings.database");
        assertThat(fields(forward("{queue: mirror, hook: \"http://a/\"}"))).containsExactly("settings.database");
        assertThat(fields(forward("{queue: \"a b\"}"))).containsExactly("settings.queue");
        assertThat(fields(forward("{hook: \"http://a/\", connection: main}"))).containsExactly("settings.connection");
    }

    @Test
    @DisplayName("a backtest takes its events from one place")
    void shouldCheckBacktest() {
        assertThat(backtest("{definitions: d, rejected: flights.rejected}")).isEmpty();
        assertThat(fields(backtest("{definitions: d}"))).containsExactly("settings.events");
        assertThat(fields(backtest("{definitions: d, history: q, rejected: r}")))
                .containsExactly("settings.events");
        assertThat(fields(backtest("{definitions: d, history: q, connection: main}")))
                .containsExactly("settings.connection");
    }

    @Test
    @DisplayName("the body of a match is to the letter what the feed has")
    void shouldKeepTheBody() throws IOException {
        String body = "{\"n\":1.50,\"big\":1.0E10,\"text\":\"a \\\"body\\\":{}, ü\",\"list\":[1,{\"body\":2}]}";
        assertThat(MatchQueue.bodyOf(
                        "{\"id\":\"x\",\"key\":\",\\\"body\\\":3\",\"version\":1,\"more\":{\"body\":0},\"body\":" + body
                                + "}"))
                .isEqualTo(body);
        assertThat(MatchQueue.bodyOf("{\"id\":\"x\",\"body\":null}")).isEmpty();
        assertThat(MatchQueue.bodyOf("{\"id\":\"x\"}")).isEmpty();
    }

    private static List<Fault> redrive(String settings, String... connections) {
        return requireNonNull(kinds(connections).jobs().get("redrive")).check(read(settings));
    }

    private static List<Fault> forward(String settings) {
        return requireNonNull(kinds("main").tasks().get("forward")).check(read(settings));
    }

    private static List<Fault> backtest(String settings) {
        return requireNonNull(kinds("main").jobs().get("backtest")).check(read(settings));
    }

    private static Kinds kinds(String... connections) {
        TreeMap<String, ConnectionSettings> known = new TreeMap<>();
        for (String name : connections) {
            known.put(name, new ConnectionSettings(name, "tcp://127.0.0.1:1", "evenkeel", Path.of("none")));
        }
        QueryHistory history = new QueryHistory(
                () -> {
                    throw new AssertionError("Expected nobody to ask for plans");
                },
                shard -> List.of());
        NodeConfiguration.Tasks settings = new NodeConfiguration.Tasks(
                Set.of(), Duration.ofMinutes(15), Collections.emptySortedMap(), Collections.emptySortedMap());
        WholeLog log = new WholeLog("none", shard -> Optional.empty(), Collections::emptySortedMap);
        return NodeKinds.of(() -> CatalogSnapshot.EMPTY, history, log, new MemoryHistory(10), settings, known);
    }

    private static JsonNode read(String settings) {
        try {
            return YAML.readTree(settings);
        } catch (IOException e) {
            throw new IllegalArgumentException(e);
        }
    }

    private static List<String> fields(List<Fault> faults) {
        return faults.stream().map(Fault::field).toList();
    }
}
