// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.guarantee;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.evenkeel.broker.Finding;
import io.evenkeel.broker.QueueUse;
import io.evenkeel.correlator.config.ConfigurationReader;
import io.evenkeel.correlator.config.NodeConfiguration;
import io.evenkeel.query.CatalogSnapshot;
import io.evenkeel.query.catalog.CatalogChange;
import io.evenkeel.query.catalog.CatalogRules;
import io.evenkeel.query.document.DocumentReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A good configuration, and what each change of one of its settings weakens. */
class NodeRulesTest {
    private static final String GOOD = """
            node: {name: n1, data: d, http: {port: 0}}
            cluster: {port: 5701, members: ["127.0.0.1:5701", "127.0.0.1:5702"], backups: 1}
            jms:
              connections:
                main: {url: "tcp://127.0.0.1:1", passwordFile: p}
                other: {url: "tcp://127.0.0.1:2", passwordFile: p}
              receivers: {flights: {connection: main, destination: "queue:flights", event: Flight, ordering: strict}}
              senders: {late: {connection: main, destination: "queue:late", deliveryMode: PERSISTENT}}
            """;

    private static final String CATALOG = """
            event: Flight
            fields: {origin: string}
            ---
            query: late
            inputs: [{event: Flight, key: [origin], within: 1 hour}]
            epl: select origin from Flight
            output: {event: Late, to: "queue:late"}
            """;

    private static final List<BrokerLook> KEPT =
            List.of(new BrokerLook("main", List.of()), new BrokerLook("other", List.of()));

    @TempDir
    Path folder;

    @Test
    @DisplayName("nothing weakens a good configuration on good brokers")
    void shouldFindNothingInAGoodConfiguration() throws IOException {
        Guarantees guarantees = NodeRules.judge(read(Map.of()), catalog(CATALOG), KEPT);

        assertThat(guarantees.weaknesses()).isEmpty();
        assertThat(guarantees.noLoss()).isTrue();
        assertThat(guarantees.facts())
                .extracting(Fact::name, Fact::value)
                .contains(
                        tuple("cluster.backups", "1"),
                        tuple("jms.connections.main", "keeps all promised settings"),
                        tuple("jms.receivers.flights", "APP_CONTROLLED STRICT"),
                        tuple("jms.senders.late", "PERSISTENT"));
    }

    @ParameterizedTest(name = "{0}={1}: {2}, loses: {5}")
    @DisplayName("N16 a setting that weakens a promise is named, with the remedy, and the query that it matters to")
    @CsvSource(delimiter = '|', textBlock = """
            EVENKEEL_CLUSTER_BACKUPS | 0 | NO_BACKUPS | cluster.backups | Set cluster.backups to 1 | true
            EVENKEEL_CLUSTER_MEMBERS | 127.0.0.1:5701 | SINGLE_NODE | cluster.members | Name at least two nodes | true
            EVENKEEL_JMS_SENDERS_LATE_DELIVERY_MODE | NON_PERSISTENT | NON_PERSISTENT_SENDER | jms.senders.late.deliveryMode | PERSISTENT | true
            EVENKEEL_JMS_SENDERS_LATE_DELIVERY_MODE | NON_PERSISTENT | OUTPUT_NOT_PERSISTENT | output of query late | PERSISTENT | true
            EVENKEEL_JMS_RECEIVERS_FLIGHTS_ORDERING | relaxed | RELAXED_RECEIVER | jms.receivers.flights.ordering | strict | false
            EVENKEEL_JMS_RECEIVERS_FLIGHTS_ORDERING | relaxed | INPUT_IS_RELAXED | input of query late | strict | false
            """)
    void shouldNameEachWeakness(
            String variable, String value, Weakening name, String subject, String remedy, boolean loses)
            throws IOException {
        Map<String, String> changed = variable.equals("EVENKEEL_CLUSTER_MEMBERS")
                ? Map.of(variable, value, "EVENKEEL_CLUSTER_BACKUPS", "0")
                : Map.of(variable, value);

        Guarantees guarantees = NodeRules.judge(read(changed), catalog(CATALOG), KEPT);

        assertThat(guarantees.weaknesses()).anySatisfy(weakness -> {
            assertThat(weakness.name()).isEqualTo(name);
            assertThat(weakness.node()).isEqualTo("n1");
            assertThat(weakness.subject()).isEqualTo(subject);
            assertThat(weakness.remedy()).contains(remedy);
            assertThat(weakness.promise()).isNotBlank();
            assertThat(weakness.loses()).isEqualTo(loses);
        });
        assertThat(guarantees.noLoss()).isNotEqualTo(loses);
    }

    @Test
    @DisplayName("N16 a query whose matches go to a topic is named")
    void shouldNameATopic() throws IOException {
        String topic = CATALOG.replace("queue:late", "topic:late");

        assertThat(NodeRules.judge(read(Map.of()), catalog(topic), KEPT).losses())
                .extracting(Weakness::name, Weakness::subject, Weakness::found)
                .containsExactly(tuple(Weakening.OUTPUT_IS_TOPIC, "output of query late", "topic:late"));
    }

    @Test
    @DisplayName("N16 a broker's setting is named with the queries that read or write its queue")
    void shouldNameABrokersSetting() throws IOException {
        List<BrokerLook> looks = List.of(
                new BrokerLook("main", List.of(finding("flights: no-expiry"), finding("late: no-expiry"))),
                new BrokerLook("other", List.of()));

        Guarantees guarantees = NodeRules.judge(read(Map.of()), catalog(CATALOG), looks);

        assertThat(guarantees.losses()).hasSize(2).allSatisfy(weakness -> {
            assertThat(weakness.name()).isEqualTo(Weakening.BROKER_SETTING);
            assertThat(weakness.subject()).contains("connection main", "no-expiry", "query late");
            assertThat(weakness.found()).isEqualTo("false instead of true");
            assertThat(weakness.remedy()).isEqualTo("Set it.");
        });
    }

    @Test
    @DisplayName("a broker that could not be asked leaves no-loss open, which is not enough")
    void shouldNotTrustWhatItCannotSee() throws IOException {
        List<BrokerLook> looks = BrokerLook.all(read(Map.of()), CatalogSnapshot.EMPTY);

        Guarantees guarantees = NodeRules.judge(read(Map.of()), catalog(CATALOG), looks);

        assertThat(guarantees.noLoss()).isFalse();
        assertThat(guarantees.losses()).extracting(Weakness::name).containsOnly(Weakening.BROKER_UNCHECKED);
    }

    @Test
    @DisplayName("a broker is asked about inputs by their ordering, and about outputs of senders and queries")
    void shouldAskAboutAllQueues() throws IOException {
        String more = CATALOG.replace("queue:late", "queue:later");

        assertThat(BrokerLook.uses(read(Map.of()), "main", catalog(more)))
                .containsExactlyInAnyOrder(
                        QueueUse.strict("flights"), QueueUse.output("late"), QueueUse.output("later"));
        assertThat(BrokerLook.uses(read(Map.of()), "other", catalog(more))).isEmpty();
    }

    private static Finding finding(String setting) {
        return new Finding(setting, "true", "false", "N2 no loss: it expires", "Set it.");
    }

    private NodeConfiguration read(Map<String, String> environment) throws IOException {
        return ConfigurationReader.read(Files.writeString(folder.resolve("n1.yaml"), GOOD), environment);
    }

    private static CatalogSnapshot catalog(String documents) {
        return CatalogRules.apply(
                CatalogSnapshot.EMPTY,
                DocumentReader.read("catalog", documents).stream()
                        .map(CatalogChange::put)
                        .toList());
    }
}
