// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.broker;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.activemq.artemis.core.config.Configuration;
import org.apache.activemq.artemis.core.deployers.impl.FileConfigurationParser;
import org.apache.activemq.artemis.core.remoting.impl.netty.TransportConstants;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BrokerXmlTest {

    @TempDir
    private Path data;

    private BrokerSettings settings;
    private Configuration fromXml;
    private Configuration fromCode;

    @BeforeEach
    void parse() throws Exception {
        settings = new BrokerSettings(
                "a & b", "127.0.0.1", 61617, data, List.of("flights", "inputs.#"), 99 << 20, 3 << 20, 77 << 20);
        fromXml = parse(BrokerXml.render(settings));
        fromCode = BrokerConfiguration.of(settings);
    }

    @Test
    @DisplayName("Artemis reads from the file the address settings that the embedded broker has")
    void shouldHaveSameAddressSettings() {
        assertThat(fromXml.getAddressSettings()).isEqualTo(fromCode.getAddressSettings());
        assertThat(fromXml.getAddressSettings()).containsOnlyKeys("#", "flights", "inputs.#");
        assertThat(requireNonNull(fromXml.getAddressSettings().get("flights")).isDefaultExclusiveQueue())
                .isTrue();
        assertThat(requireNonNull(fromXml.getAddressSettings().get("#")).isDefaultExclusiveQueue())
                .isFalse();
    }

    @Test
    @DisplayName("Artemis reads from the file the journal, folders, limits and names that the embedded broker has")
    void shouldHaveSameServerSettings() {
        assertThat(facts(fromXml)).isEqualTo(facts(fromCode));
        assertThat(fromXml.getName()).isEqualTo("a & b");
        assertThat(fromXml.getAddressConfigurations()).hasSameSizeAs(fromCode.getAddressConfigurations());
    }

    @Test
    @DisplayName("Artemis reads from the file one acceptor for three protocols, and permissions for one role only")
    void shouldHaveSameAcceptorAndRoles() {
        var acceptor = fromXml.getAcceptorConfigurations().iterator().next();
        var expected = fromCode.getAcceptorConfigurations().iterator().next();
        assertThat(fromXml.getAcceptorConfigurations()).hasSize(1);
        assertThat(acceptor.getFactoryClassName()).isEqualTo(expected.getFactoryClassName());
        for (String parameter : List.of(
                TransportConstants.HOST_PROP_NAME,
                TransportConstants.PORT_PROP_NAME,
                TransportConstants.PROTOCOLS_PROP_NAME,
                TransportConstants.BATCH_DELAY)) {
            assertThat(String.valueOf(acceptor.getCombinedParams().get(parameter)))
                    .isEqualTo(String.valueOf(expected.getCombinedParams().get(parameter)));
        }
        assertThat(fromXml.getSecurityRoles()).isEqualTo(fromCode.getSecurityRoles());
    }

    @Test
    @DisplayName("a broker that was started from the file passes the check")
    void shouldPassCheck(@TempDir Path other) throws Exception {
        var free = BrokerSettings.of(other).withPort(0).withExclusive("flights");
        BrokerXml.write(free, other.resolve("broker.xml"));
        String text = Files.readString(other.resolve("broker.xml"));
        try (var broker = new EmbeddedBroker(free, Map.of()).start(parse(text))) {
            assertThat(BrokerCheck.run(
                            broker.url(),
                            BrokerSettings.USER,
                            broker.password(),
                            List.of(QueueUse.strict("flights"), QueueUse.shared("late-airports"))))
                    .isEmpty();
        }
    }

    private static Configuration parse(String xml) throws Exception {
        return new FileConfigurationParser()
                .parseMainConfig(new ByteArrayInputStream(xml.getBytes(StandardCharsets.UTF_8)));
    }

    private static Map<String, Object> facts(Configuration configuration) {
        return Map.ofEntries(
                Map.entry("persistence", configuration.isPersistenceEnabled()),
                Map.entry("security", configuration.isSecurityEnabled()),
                Map.entry("journal type", configuration.getJournalType()),
                Map.entry("journal folder", configuration.getJournalLocation()),
                Map.entry("bindings folder", configuration.getBindingsLocation()),
                Map.entry("paging folder", configuration.getPagingLocation()),
                Map.entry("large messages folder", configuration.getLargeMessagesLocation()),
                Map.entry("sync transactional", configuration.isJournalSyncTransactional()),
                Map.entry("sync others", configuration.isJournalSyncNonTransactional()),
                Map.entry("free files", configuration.getJournalPoolFiles()),
                Map.entry("datasync", configuration.isJournalDatasync()),
                Map.entry("buffer timeout", configuration.getJournalBufferTimeout_NIO()),
                Map.entry("disk", configuration.getMinDiskFree()),
                Map.entry("disk looked at", configuration.getDiskScanPeriod()),
                Map.entry("ttl", configuration.getConnectionTTLOverride()),
                Map.entry("ttl check", configuration.getConnectionTtlCheckInterval()),
                Map.entry("jmx", configuration.isJMXManagementEnabled()),
                Map.entry("critical analyzer", configuration.isCriticalAnalyzer()),
                Map.entry("critical policy", configuration.getCriticalAnalyzerPolicy()));
    }
}
