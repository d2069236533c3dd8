// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.broker;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import jakarta.jms.Connection;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.activemq.artemis.api.core.QueueConfiguration;
import org.apache.activemq.artemis.api.core.RoutingType;
import org.apache.activemq.artemis.core.config.Configuration;
import org.apache.activemq.artemis.core.security.Role;
import org.apache.activemq.artemis.core.settings.impl.AddressFullMessagePolicy;
import org.apache.activemq.artemis.core.settings.impl.AddressSettings;
import org.apache.activemq.artemis.core.settings.impl.PageFullMessagePolicy;
import org.apache.activemq.artemis.jms.client.ActiveMQSession;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class BrokerCheckTest {

    private static final Set<PromisedSetting> LOSING = EnumSet.of(
            PromisedSetting.MAX_DELIVERY_ATTEMPTS,
            PromisedSetting.NO_EXPIRY,
            PromisedSetting.ENABLE_INGRESS_TIMESTAMP,
            PromisedSetting.ADDRESS_FULL_POLICY,
            PromisedSetting.AUTO_DELETE_ADDRESSES,
            PromisedSetting.PERSISTENCE_ENABLED,
            PromisedSetting.JOURNAL_SYNC_TRANSACTIONAL,
            PromisedSetting.JOURNAL_SYNC_NON_TRANSACTIONAL);

    /** One way to break each setting. */
    private static final Map<PromisedSetting, Consumer<Configuration>> BROKEN = Map.ofEntries(
            address(PromisedSetting.MAX_DELIVERY_ATTEMPTS, a -> a.setMaxDeliveryAttempts(10)),
            address(PromisedSetting.REDELIVERY_DELAY, a -> a.setRedeliveryDelay(1_000)),
            address(PromisedSetting.NO_EXPIRY, a -> a.setNoExpiry(false)),
            address(PromisedSetting.ENABLE_INGRESS_TIMESTAMP, a -> a.setEnableIngressTimestamp(false)),
            address(
                    PromisedSetting.ADDRESS_FULL_POLICY,
                    a -> a.setAddressFullMessagePolicy(AddressFullMessagePolicy.DROP)),
            address(PromisedSetting.AUTO_DELETE_QUEUES, a -> a.setAutoDeleteQueues(true)),
            address(PromisedSetting.AUTO_DELETE_ADDRESSES, a -> a.setAutoDeleteAddresses(true)),
            Map.entry(PromisedSetting.PERSISTENCE_ENABLED, c -> c.setPersistenceEnabled(false)),
            Map.entry(PromisedSetting.JOURNAL_SYNC_TRANSACTIONAL, c -> c.setJournalSyncTransactional(false)),
            Map.entry(PromisedSetting.JOURNAL_SYNC_NON_TRANSACTIONAL, c -> c.setJournalSyncNonTransactional(false)),
            Map.entry(PromisedSetting.CONNECTION_TTL_OVERRIDE, c -> c.setConnectionTTLOverride(60_000)),
            Map.entry(PromisedSetting.SECURITY_ENABLED, c -> c.setSecurityEnabled(false)));

    @TempDir
    private Path data;

    @Test
    @DisplayName("of a pair the one that serves is checked, and of none that serves the finding names no password")
    void shouldFindTheOneThatServes() throws Exception {
        String nobody = "tcp://127.0.0.1:1";
        try (var broker = start(configuration -> {})) {
            for (String pair : List.of(nobody + "," + broker.url(), broker.url() + "," + nobody)) {
                assertThat(BrokerCheck.run("(" + pair + ")?ha=true", BrokerSettings.USER, broker.password(), List.of()))
                        .isEmpty();
            }
        }
        assertThat(BrokerCheck.run(
                        "(" + nobody + "," + nobody + "0)?ha=true&keyStorePassword=word",
                        BrokerSettings.USER,
                        "p",
                        List.of()))
                .singleElement()
                .satisfies(finding -> assertThat(finding.toString())
                        .contains(nobody, "keyStorePassword=***")
                        .doesNotContain("=word"));
    }

    @Test
    @DisplayName("a broker of ours has no findings, with and without the queues there")
    void shouldFindNothing() throws Exception {
        try (var broker = start(configuration -> {});
                Connection connection = Clients.core(broker)) {
            assertThat(check(broker, QueueUse.strict("flights"), QueueUse.shared("matches")))
                    .isEmpty();

            Clients.makeExclusive(connection.createSession(), "flights");
            Clients.publish(connection, "matches", List.of("m"));

            assertThat(check(broker, QueueUse.strict("flights"), QueueUse.shared("matches")))
                    .isEmpty();
        }
    }

    @ParameterizedTest(name = "{0}")
    @EnumSource
    @DisplayName("N16 each setting that does not keep its promise is found, and nothing else")
    void shouldFindEachBrokenSetting(PromisedSetting setting) throws Exception {
        try (var broker = start(requireNonNull(BROKEN.get(setting)))) {
            List<Finding> findings = check(broker, QueueUse.strict("flights"));

            assertThat(findings).singleElement().satisfies(finding -> {
                assertThat(finding.setting()).endsWith(setting.xmlName());
                assertThat(finding.expected()).isEqualTo(setting.value());
                assertThat(finding.actual()).isNotEqualTo(setting.value());
                assertThat(finding.known()).isTrue();
                assertThat(finding.promise()).isEqualTo(setting.promise());
                assertThat(finding.remedy()).contains("<%s>%s<".formatted(setting.xmlName(), setting.value()));
                assertThat(finding.loses()).as("loses or doubles").isEqualTo(LOSING.contains(setting));
            });
        }
    }

    @Test
    @DisplayName("N16 the defaults of Artemis are found wanting, setting by setting")
    void shouldFindArtemisDefaults() throws Exception {
        try (var broker = start(configuration -> {
            configuration.getAddressSettings().clear();
            configuration.addAddressSetting("#", new AddressSettings());
        })) {
            assertThat(check(broker, QueueUse.strict("flights")))
                    .extracting(Finding::setting, Finding::actual)
                    .containsExactlyInAnyOrder(
                            tuple("flights: max-delivery-attempts", "10"),
                            tuple("flights: no-expiry", "false"),
                            tuple("flights: enable-ingress-timestamp", "false"),
                            tuple("flights: auto-delete-queues", "true"),
                            tuple("flights: auto-delete-addresses", "true"));
        }
    }

    @Test
    @DisplayName(
            "N13 a strict queue that is shared, a shared one that is exclusive, and queues that may vanish are found")
    void shouldFindQueuesOfWrongKind() throws Exception {
        try (var broker = start(configuration -> {});
                Connection connection = Clients.core(broker)) {
            var session = connection.createSession();
            Clients.publish(connection, "flights", List.of("made by its publisher"));
            Clients.makeExclusive(session, "matches");
            ((ActiveMQSession) session)
                    .getCoreSession()
                    .createQueue(QueueConfiguration.of("passing")
                            .setRoutingType(RoutingType.ANYCAST)
                            .setDurable(false)
                            .setAutoDelete(true));

            assertThat(check(
                            broker, QueueUse.strict("flights"), QueueUse.shared("matches"), QueueUse.shared("passing")))
                    .extracting(Finding::setting)
                    .containsExactly(
                            "flights: exclusive", "matches: exclusive", "passing: durable", "passing: auto-delete");
            assertThat(check(broker, QueueUse.output("matches")))
                    .as("who reads an output may have it exclusive")
                    .isEmpty();
        }
    }

    @Test
    @DisplayName(
            "N15 a queue that drops, keeps the last only, empties itself or has a filter is found, and what would be one")
    void shouldFindQueuesThatForget() throws Exception {
        try (var broker = start(configuration -> configuration
                        .getAddressSettings()
                        .put(
                                "bad.#",
                                new AddressSettings()
                                        .setDefaultRingSize(10)
                                        .setDefaultLastValueQueue(true)
                                        .setDefaultPurgeOnNoConsumers(true)
                                        .setDefaultNonDestructive(true)
                                        .setPageFullMessagePolicy(PageFullMessagePolicy.DROP)));
                Connection connection = Clients.core(broker)) {
            assertThat(check(broker, QueueUse.output("bad.yet")))
                    .allMatch(Finding::loses)
                    .extracting(Finding::setting)
                    .containsExactly(
                            "bad.yet: page-full-policy",
                            "bad.yet: default-ring-size",
                            "bad.yet: default-last-value-queue",
                            "bad.yet: default-purge-on-no-consumers",
                            "bad.yet: default-non-destructive");

            ((ActiveMQSession) connection.createSession())
                    .getCoreSession()
                    .createQueue(QueueConfiguration.of("matches")
                            .setRoutingType(RoutingType.ANYCAST)
                            .setRingSize(10L)
                            .setPurgeOnNoConsumers(true)
                            .setLastValue(true)
                            .setFilterString("a = 1"));
            assertThat(check(broker, QueueUse.output("matches")))
                    .allMatch(Finding::loses)
                    .extracting(Finding::setting, Finding::actual)
                    .containsExactly(
                            tuple("matches: ring-size", "10"),
                            tuple("matches: last-value-queue", "true"),
                            tuple("matches: purge-on-no-consumers", "true"),
                            tuple("matches: filter", "a = 1"));
        }
    }

    @Test
    @DisplayName("a shared queue that is not there yet and would become exclusive is found")
    void shouldFindExclusiveDefaultOfSharedQueue() throws Exception {
        var settings = BrokerSettings.of(data).withPort(0).withExclusive("inputs.#");
        try (var broker = new EmbeddedBroker(settings, Map.of()).start()) {
            assertThat(check(broker, QueueUse.shared("inputs.radar"), QueueUse.strict("inputs.flights")))
                    .extracting(Finding::setting)
                    .containsExactly("inputs.radar: default-exclusive-queue");
        }
    }

    @Test
    @DisplayName(
            "a user who may not manage, a wrong password, no broker and a silent port: each says what could not be checked")
    void shouldSayWhatCouldNotBeChecked() throws Exception {
        try (var broker = start(configuration -> configuration.putSecurityRoles(
                "#",
                Set.of(new Role(
                        BrokerSettings.ROLE,
                        true,
                        true,
                        true,
                        true,
                        true,
                        true,
                        false,
                        true,
                        true,
                        true,
                        false,
                        false))))) {
            assertUnreadable(
                    BrokerCheck.run(broker.url(), BrokerSettings.USER, broker.password(), List.of()), "manage");
            assertUnreadable(BrokerCheck.run(broker.url(), BrokerSettings.USER, "wrong", List.of()), "password");
        }
        String url;
        try (var silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            url = "tcp://127.0.0.1:" + silent.getLocalPort();
            assertUnreadable(BrokerCheck.run(url, BrokerSettings.USER, "any", List.of()), "Core protocol");
        }
        assertUnreadable(BrokerCheck.run(url, BrokerSettings.USER, "any", List.of()), "Core protocol");
    }

    private static void assertUnreadable(List<Finding> findings, String inRemedy) {
        assertThat(findings).singleElement().satisfies(finding -> {
            assertThat(finding.known()).isFalse();
            assertThat(finding.remedy()).contains(inRemedy);
        });
    }

    private static List<Finding> check(EmbeddedBroker broker, QueueUse... uses) {
        return BrokerCheck.run(broker.url(), BrokerSettings.USER, broker.password(), List.of(uses));
    }

    private EmbeddedBroker start(Consumer<Configuration> bend) throws BrokerStartException {
        BrokerSettings settings = BrokerSettings.of(data).withPort(0);
        Configuration configuration = BrokerConfiguration.of(settings);
        bend.accept(configuration);
        return new EmbeddedBroker(settings, Map.of()).start(configuration);
    }

    private static Map.Entry<PromisedSetting, Consumer<Configuration>> address(
            PromisedSetting setting, Consumer<AddressSettings> bend) {
        return Map.entry(
                setting,
                configuration -> bend.accept(configuration.getAddressSettings().get("#")));
    }
}
