// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.config;

import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.tuple;

import io.evenkeel.correlator.config.NodeConfiguration.Catalog;
import io.evenkeel.correlator.config.NodeConfiguration.Cluster;
import io.evenkeel.correlator.config.NodeConfiguration.History;
import io.evenkeel.correlator.config.NodeConfiguration.Http;
import io.evenkeel.correlator.config.NodeConfiguration.Jms;
import io.evenkeel.correlator.config.NodeConfiguration.Node;
import io.evenkeel.correlator.config.NodeConfiguration.Receiver;
import io.evenkeel.correlator.config.NodeConfiguration.Tasks;
import io.evenkeel.jms.Ordering;
import io.evenkeel.jms.ReceiverSettings;
import io.evenkeel.jms.Reliability;
import io.evenkeel.jms.SenderSettings;
import io.evenkeel.jms.connection.ConnectionSettings;
import io.evenkeel.jms.connection.Destination;
import io.evenkeel.query.Fault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ConfigurationReaderTest {
    private static final String LEAST = "node: {name: n1, data: d}\n";
    private static final String CONNECTED =
            LEAST + "jms:\n  connections: {main: {url: 'tcp://h:1', passwordFile: p}}\n";
    private static final String TWO_BROKERS = LEAST + "jms:\n  connections: {main: {url: 'tcp://h:1', passwordFile: p},"
            + " other: {url: 'tcp://h:2', passwordFile: p}}\n";

    /** Every key with a value that is not its default. */
    private static final String FULL = """
            node: {name: node-1, data: data/node-1, http: {host: 0.0.0.0, port: 8702}, roles: [receiver],
                   require: no-loss}
            cluster:
              name: demo
              bind: 10.0.0.1
              port: 5702
              members: ["10.0.0.1:5702", "10.0.0.2:5702", "10.0.0.3:5702"]
              backups: 2
              shards: 64
              minimum: 3
              dedupeWindow: 5 minutes
              tickInterval: 250 ms
              feed: 5000
            history:
              mode: off
              interval: 1 s
              wait: 2 minutes
            jms:
              connections: {main: {url: "tcp://127.0.0.1:61617", user: node, passwordFile: secrets/main}}
              receivers:
                flights: {connection: main, destination: "queue:in", event: Flight, reliability: APP_CONTROLLED,
                          ordering: relaxed, batch: 10}
              senders:
                late: {connection: main, destination: "topic:out", reliability: BEST_EFFORT,
                       deliveryMode: NON_PERSISTENT}
            catalog: {load: ["queries/*.yaml", "events/*.yaml"]}
            tasks:
              labels: [disk, db]
              redistributeAfter: 1 minute
              databases: {warehouse: {url: "jdbc:postgresql://db/w", user: writer, passwordFile: secrets/db}}
              backups: {nightly: {folder: var/backups}}
            """;

    private static final Set<NodeRole> BOTH = Set.of(NodeRole.RECEIVER, NodeRole.COMPUTE);

    @TempDir
    Path folder;

    @Test
    @DisplayName("what a configuration leaves out has the documented default")
    void defaultsAreAsDocumented() throws IOException {
        NodeConfiguration read = read(CONNECTED
                + "  receivers: {r: {connection: main, destination: 'queue:in'}}\n"
                + "  senders: {s: {connection: main, destination: 'queue:out'}}\n");

        assertThat(read.node())
                .isEqualTo(new Node("n1", folder.resolve("d"), new Http("127.0.0.1", 8701), BOTH, RequiredLevel.NONE));
        assertThat(read.cluster())
                .isEqualTo(new Cluster(
                        "evenkeel",
                        "127.0.0.1",
                        5701,
                        List.of("127.0.0.1:5701"),
                        0,
                        32,
                        1,
                        Duration.ofMinutes(2),
                        Duration.ofMillis(100),
                        10_000));
        assertThat(read.jms().connections().get("main").user()).isEqualTo("evenkeel");
        assertThat(read.jms().receivers().get("r"))
                .isEqualTo(new Receiver("main", ReceiverSettings.strict("r", "in", null)));
        assertThat(read.jms().senders().get("s").persistent()).isTrue();
        assertThat(read.catalog().load()).isEmpty();
        assertThat(read.tasks())
                .isEqualTo(new Tasks(Set.of(), Duration.ofMinutes(15), new TreeMap<>(), new TreeMap<>()));
    }

    @Test
    @DisplayName("a majority of the members is the default minimum, and one backup where there is a place for it")
    void shouldDeriveMinimumAndBackupsFromMembers() throws IOException {
        NodeConfiguration read = read(LEAST + "cluster: {members: ['a:5701', 'b:5701', 'c:5701', 'd:5701']}\n");

        assertThat(read.cluster().minimum()).isEqualTo(3);
        assertThat(read.cluster().backups()).isEqualTo(1);
    }

    @Test
    @DisplayName("every key arrives where it belongs")
    void everyKeyIsMapped() throws IOException {
        NodeConfiguration read = read(FULL);

        assertThat(read).isEqualTo(expectedOfFull(read.file()));
        for (ConfigurationKey key : ConfigurationKey.values()) {
            String last = key.path().substring(key.path().lastIndexOf('.') + 1);
            assertThat(FULL).as("the key %s in the test", key.path()).contains(last + ":");
        }
    }

    private NodeConfiguration expectedOfFull(Path file) {
        var receiver = new ReceiverSettings(
                "flights",
                Destination.queue("in"),
                "Flight",
                Reliability.APP_CONTROLLED,
                Ordering.RELAXED,
                10,
                null,
                false,
                false);
        var sender = new SenderSettings("late", "main", Destination.parse("topic:out"), Reliability.BEST_EFFORT, false);
        var connection =
                new ConnectionSettings("main", "tcp://127.0.0.1:61617", "node", folder.resolve("secrets/main"));
        return new NodeConfiguration(
                file,
                new Node(
                        "node-1",
                        folder.resolve("data/node-1"),
                        new Http("0.0.0.0", 8702),
                        Set.of(NodeRole.RECEIVER),
                        RequiredLevel.NO_LOSS),
                new Cluster(
                        "demo",
                        "10.0.0.1",
                        5702,
                        List.of("10.0.0.1:5702", "10.0.0.2:5702", "10.0.0.3:5702"),
                        2,
                        64,
                        3,
                        Duration.ofMinutes(5),
                        Duration.ofMillis(250),
                        5_000),
                new History(HistoryMode.OFF, Duration.ofSeconds(1), Duration.ofMinutes(2)),
                new Jms(
                        new TreeMap<>(Map.of("main", connection)),
                        new TreeMap<>(Map.of("flights", new Receiver("main", receiver))),
                        new TreeMap<>(Map.of("late", sender))),
                new Catalog(folder, List.of("queries/*.yaml", "events/*.yaml")),
                new Tasks(
                        Set.of("db", "disk"),
                        Duration.ofMinutes(1),
                        new TreeMap<>(Map.of(
                                "warehouse",
                                new DatabaseSettings(
                                        "warehouse",
                                        "jdbc:postgresql://db/w",
                                        "writer",
                                        folder.resolve("secrets/db")))),
                        new TreeMap<>(Map.of("nightly", folder.resolve("var/backups")))));
    }

    @Test
    @DisplayName("every key can be set by the environment alone, and wins over the file")
    void everyKeyCanBeOverridden() throws IOException {
        Map<String, String> environment = new HashMap<>(Map.ofEntries(
                entry("EVENKEEL_NODE_NAME", "node-1"),
                entry("EVENKEEL_NODE_DATA", "data/node-1"),
                entry("EVENKEEL_NODE_ROLES", "receiver"),
                entry("EVENKEEL_NODE_REQUIRE", "no-loss"),
                entry("EVENKEEL_NODE_HTTP_HOST", "0.0.0.0"),
                entry("EVENKEEL_NODE_HTTP_PORT", "8702"),
                entry("EVENKEEL_CLUSTER_NAME", "demo"),
                entry("EVENKEEL_CLUSTER_BIND", "10.0.0.1"),
                entry("EVENKEEL_CLUSTER_PORT", "5702"),
                entry("EVENKEEL_CLUSTER_MEMBERS", "10.0.0.1:5702, 10.0.0.2:5702,10.0.0.3:5702"),
                entry("EVENKEEL_CLUSTER_BACKUPS", "2"),
                entry("EVENKEEL_CLUSTER_SHARDS", "64"),
                entry("EVENKEEL_CLUSTER_MINIMUM", "3"),
                entry("EVENKEEL_CLUSTER_DEDUPE_WINDOW", "5 minutes"),
                entry("EVENKEEL_CLUSTER_TICK_INTERVAL", "250 ms"),
                entry("EVENKEEL_CLUSTER_FEED", "5000"),
                entry("EVENKEEL_HISTORY_MODE", "off"),
                entry("EVENKEEL_HISTORY_INTERVAL", "1 s"),
                entry("EVENKEEL_HISTORY_WAIT", "2 minutes"),
                entry("EVENKEEL_JMS_CONNECTIONS_MAIN_URL", "tcp://127.0.0.1:61617"),
                entry("EVENKEEL_JMS_CONNECTIONS_MAIN_USER", "node"),
                entry("EVENKEEL_JMS_CONNECTIONS_MAIN_PASSWORD_FILE", "secrets/main"),
                entry("EVENKEEL_JMS_RECEIVERS_FLIGHTS_CONNECTION", "main"),
                entry("EVENKEEL_JMS_RECEIVERS_FLIGHTS_DESTINATION", "queue:in"),
                entry("EVENKEEL_JMS_RECEIVERS_FLIGHTS_EVENT", "Flight"),
                entry("EVENKEEL_JMS_RECEIVERS_FLIGHTS_RELIABILITY", "APP_CONTROLLED"),
                entry("EVENKEEL_JMS_RECEIVERS_FLIGHTS_ORDERING", "relaxed"),
                entry("EVENKEEL_JMS_RECEIVERS_FLIGHTS_BATCH", "10"),
                entry("EVENKEEL_JMS_SENDERS_LATE_CONNECTION", "main"),
                entry("EVENKEEL_JMS_SENDERS_LATE_DESTINATION", "topic:out"),
                entry("EVENKEEL_JMS_SENDERS_LATE_RELIABILITY", "BEST_EFFORT"),
                entry("EVENKEEL_JMS_SENDERS_LATE_DELIVERY_MODE", "NON_PERSISTENT"),
                entry("EVENKEEL_CATALOG_LOAD", "queries/*.yaml,events/*.yaml"),
                entry("EVENKEEL_TASKS_BACKUPS_NIGHTLY_FOLDER", "var/backups"),
                entry("EVENKEEL_TASKS_LABELS", "disk,db"),
                entry("EVENKEEL_TASKS_REDISTRIBUTE_AFTER", "1 minute"),
                entry("EVENKEEL_TASKS_DATABASES_WAREHOUSE_URL", "jdbc:postgresql://db/w"),
                entry("EVENKEEL_TASKS_DATABASES_WAREHOUSE_USER", "writer"),
                entry("EVENKEEL_TASKS_DATABASES_WAREHOUSE_PASSWORD_FILE", "secrets/db")));

        NodeConfiguration read = read("node: {name: other}\n", environment);

        assertThat(read).isEqualTo(expectedOfFull(read.file()));
        assertThat(environment).hasSize(ConfigurationKey.values().length);
    }

    @Test
    @DisplayName("a glob that is none is refused where it stands, not when definitions are loaded")
    void shouldRefuseBadGlobs() {
        ConfigurationException refused =
                refused(LEAST + "catalog: {load: ['queries/*.yaml', 'events/[a']}\n", Map.of());

        assertThat(refused.faults()).extracting(Fault::field).containsExactly("catalog.load");
        assertThat(refused).hasMessageContaining("'events/[a'");
    }

    @Test
    @DisplayName("all faults are reported at once, each with line, path, value and remedy")
    void shouldReportAllFaultsAtOnce() {
        ConfigurationException refused = refused("""
                node: {name: n1, data: d, htp: {port: 1}}
                cluster:
                  backups: 2
                  shards: none
                jms:
                  connections: {main: {url: "tcp://h:1", passwordFile: p}}
                  receivers:
                    flights: {connection: mian, destination: "queue:in", batch: 0, reliabilty: x}
                """, Map.of("EVENKEEL_CLUSTER_MINIMUM", "many"));

        assertThat(refused.faults())
                .extracting(Fault::line, Fault::field)
                .containsExactlyInAnyOrder(
                        tuple(1, "node.htp"),
                        tuple(3, "cluster.backups"),
                        tuple(4, "cluster.shards"),
                        tuple(0, "cluster.minimum"),
                        tuple(8, "jms.receivers.flights.connection"),
                        tuple(8, "jms.receivers.flights.batch"),
                        tuple(8, "jms.receivers.flights.reliabilty"));
        assertThat(refused)
                .hasMessageContaining("has 7 faults")
                .hasMessageContaining("did you mean http?")
                .hasMessageContaining("did you mean reliability?")
                .hasMessageContaining("'mian'; known: main.")
                .hasMessageContaining("from 1 to 1000, but it is '0'")
                .hasMessageContaining("2 backups need 3 members, but cluster.members names 1")
                .hasMessageContaining("'many'. It comes from EVENKEEL_CLUSTER_MINIMUM.");
    }

    static Stream<Arguments> brokenRules() {
        return Stream.of(
                Arguments.of("node: {data: d}", "node.name", "set EVENKEEL_NODE_NAME"),
                Arguments.of("node: {name: n1}", "node.data", "missing"),
                Arguments.of("node: {name: 'a b', data: d}", "node.name", "'a b'"),
                Arguments.of("node: {name: n1, data: d, http: {port: 65536}}", "node.http.port", "65535"),
                Arguments.of("node: {name: [n1], data: d}", "node.name", "it is a list"),
                Arguments.of(LEAST + "cluster: 7", "cluster", "Expected a mapping"),
                Arguments.of("- node", "", "Expected a mapping"),
                Arguments.of("", "", "empty"),
                Arguments.of("node: {name: n1", "", "Expected YAML"),
                Arguments.of("node: {name: n1, name: n2, data: d}", "node.name", "once"),
                Arguments.of(LEAST + "cluster: {port: 0}", "cluster.port", "from 1"),
                Arguments.of(LEAST + "cluster: {members: []}", "cluster.members", "empty"),
                Arguments.of(LEAST + "cluster: {members: ['a:5701', b]}", "cluster.members", "host:port"),
                Arguments.of(LEAST + "cluster: {members: ['a:5701', 'a:5701']}", "cluster.members", "repeated"),
                Arguments.of(LEAST + "cluster: {members: ['a:1', 'b:2']}", "cluster.members", "Add 127.0.0.1:5701"),
                Arguments.of(LEAST + "cluster: {backups: 1}", "cluster.backups", "1 backup needs 2 members"),
                Arguments.of(LEAST + "cluster: {backups: 7}", "cluster.backups", "from 0 to 6"),
                Arguments.of(LEAST + "cluster: {shards: 0}", "cluster.shards", "from 1"),
                Arguments.of(LEAST + "cluster: {minimum: 2}", "cluster.minimum", "could never commit"),
                Arguments.of(
                        LEAST + "cluster: {minimum: 1, members: ['a:5701', 'b:5701']}",
                        "cluster.minimum",
                        "two halves of a parted cluster"),
                Arguments.of(LEAST + "cluster: {dedupeWindow: 5}", "cluster.dedupeWindow", "duration"),
                Arguments.of(LEAST + "history: {interval: 1 ms}", "history.interval", "from 10 ms to 1 minute"),
                Arguments.of(LEAST + "history: {mode: everywhere}", "history.mode", "Expected one of LOCAL, OFF"),
                Arguments.of(LEAST + "cluster: {feed: -1}", "cluster.feed", "from 0 to 1000000"),
                Arguments.of("node: {name: n1, data: d, roles: []}", "node.roles", "at least one"),
                Arguments.of(
                        "node: {name: n1, data: d, roles: [compute, reciever]}",
                        "node.roles",
                        "Expected one of RECEIVER, COMPUTE"),
                Arguments.of("node: {name: n1, data: d, roles: receiver}", "node.roles", "Add receivers"),
                Arguments.of(LEAST + "cluster: {tickInterval: 1 ms}", "cluster.tickInterval", "from 10 ms"),
                Arguments.of(
                        LEAST + "jms: {connections: {m: {url: 'vm://0', passwordFile: p}}}",
                        "jms.connections.m.url",
                        "tcp"),
                Arguments.of(
                        LEAST + "jms: {connections: {m: {url: 'tcp://h:1', password: p, passwordFile: p}}}",
                        "jms.connections.m.password",
                        "passwordFile"),
                Arguments.of(
                        LEAST + "jms: {connections: {m: {url: 'tcp://h:1'}}}",
                        "jms.connections.m.passwordFile",
                        "missing"),
                Arguments.of(
                        LEAST + "jms: {connections: {'a b': {url: 'tcp://h:1', passwordFile: p}}}",
                        "jms.connections.a b",
                        "Rename it"),
                Arguments.of(
                        CONNECTED + "  receivers: {r: {connection: main, destination: 'topic:t'}}",
                        "jms.receivers.r.destination",
                        "Bind a queue"),
                Arguments.of(
                        CONNECTED + "  receivers: {r: {connection: main, destination: flights}}",
                        "jms.receivers.r.destination",
                        "queue:NAME"),
                Arguments.of(
                        CONNECTED + "  receivers: {r: {connection: main, destination: 'queue:q.detour'}}",
                        "jms.receivers.r.destination",
                        "Read another queue"),
                Arguments.of(
                        CONNECTED + "  receivers: {r: {connection: main, destination: 'queue:q', ordering: loose}}",
                        "jms.receivers.r.ordering",
                        "STRICT, RELAXED"),
                Arguments.of(
                        CONNECTED + "  receivers: {r: {connection: main, destination: 'queue:q',"
                                + " reliability: BEST_EFFORT}}",
                        "jms.receivers.r.reliability",
                        "cannot keep"),
                Arguments.of(
                        CONNECTED + "  receivers: {r: {connection: main, destination: 'queue:q'},"
                                + " s: {connection: main, destination: 'queue:q'}}",
                        "jms.receivers.s.destination",
                        "one receiver for a queue"),
                Arguments.of(
                        CONNECTED + "  senders: {s: {connection: other, destination: 'queue:q'}}",
                        "jms.senders.s.connection",
                        "'other'"),
                Arguments.of(
                        TWO_BROKERS + "  receivers: {r: {connection: main, destination: 'queue:q'},"
                                + " s: {connection: other, destination: 'queue:p'}}",
                        "jms.receivers.s.connection",
                        "one transaction"),
                Arguments.of(
                        TWO_BROKERS + "  receivers: {r: {connection: other, destination: 'queue:q'}}\n"
                                + "  senders: {s: {connection: main, destination: 'queue:p'}}",
                        "jms.senders.s.connection",
                        "Expected 'other'"),
                Arguments.of(TWO_BROKERS, "jms.connections.other.url", "Name the senders"),
                Arguments.of(
                        CONNECTED + "  senders: {s: {connection: main, destination: 'queue:q', deliveryMode: FAST}}",
                        "jms.senders.s.deliveryMode",
                        "PERSISTENT"));
    }

    @ParameterizedTest(name = "{1}: {2}")
    @MethodSource("brokenRules")
    @DisplayName("each broken rule is one fault at its path")
    void shouldRefuseEachBrokenRule(String text, String path, String message) {
        ConfigurationException refused = refused(text, Map.of());

        assertThat(refused.faults()).singleElement().satisfies(fault -> {
            assertThat(fault.field()).isEqualTo(path);
            assertThat(fault.message()).contains(message);
        });
    }

    @Test
    @DisplayName("an unknown variable of the environment is a fault, variables of others are not ours")
    void shouldRefuseUnknownVariable() throws IOException {
        ConfigurationException refused = refused(LEAST, Map.of("EVENKEEL_CLUSTER_BAKUPS", "1"));

        assertThat(refused).hasMessageContaining("did you mean EVENKEEL_CLUSTER_BACKUPS?");
        assertThat(read(LEAST, Map.of("EVENKEEL_BROKER_PASSWORD", "x", "PATH", "y"))
                        .node()
                        .name())
                .isEqualTo("n1");
    }

    @Test
    @DisplayName("a name with a dash is found by its variable")
    void shouldOverrideNamedEntryOfFile() throws IOException {
        NodeConfiguration read = read(
                LEAST + "jms: {connections: {Main-one: {url: 'tcp://h:1', passwordFile: p}}}",
                Map.of("EVENKEEL_JMS_CONNECTIONS_MAIN_ONE_URL", "tcp://i:2"));

        assertThat(read.jms().connections()).containsOnlyKeys("Main-one");
        assertThat(read.jms().connections().get("Main-one").url()).isEqualTo("tcp://i:2");
    }

    @Test
    @DisplayName("a file that is not there is named")
    void shouldNameMissingFile() {
        assertThat(catchThrowableOfType(
                        ConfigurationException.class,
                        () -> ConfigurationReader.read(folder.resolve("no.yaml"), Map.of())))
                .hasMessageContaining("no.yaml has a fault")
                .hasMessageContaining("there is none");
    }

    @Test
    @DisplayName("no two keys have the same variable")
    void shouldHaveDistinctVariables() {
        assertThat(Arrays.stream(ConfigurationKey.values())
                        .map(key -> ConfigurationKey.variable(key.path()))
                        .collect(Collectors.toSet()))
                .hasSameSizeAs(ConfigurationKey.values());
    }

    private NodeConfiguration read(String text) throws IOException {
        return read(text, Map.of());
    }

    private NodeConfiguration read(String text, Map<String, String> environment) throws IOException {
        return ConfigurationReader.read(Files.writeString(folder.resolve("node.yaml"), text), environment);
    }

    private ConfigurationException refused(String text, Map<String, String> environment) {
        return catchThrowableOfType(ConfigurationException.class, () -> read(text, environment));
    }
}
