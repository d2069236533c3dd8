// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.broker;

import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.apache.activemq.artemis.api.core.QueueConfiguration;
import org.apache.activemq.artemis.api.core.RoutingType;
import org.apache.activemq.artemis.api.core.SimpleString;
import org.apache.activemq.artemis.api.core.TransportConfiguration;
import org.apache.activemq.artemis.core.config.Configuration;
import org.apache.activemq.artemis.core.config.CoreAddressConfiguration;
import org.apache.activemq.artemis.core.config.impl.ConfigurationImpl;
import org.apache.activemq.artemis.core.remoting.impl.netty.NettyAcceptorFactory;
import org.apache.activemq.artemis.core.remoting.impl.netty.TransportConstants;
import org.apache.activemq.artemis.core.security.Role;
import org.apache.activemq.artemis.core.server.JournalType;
import org.apache.activemq.artemis.core.settings.impl.AddressFullMessagePolicy;
import org.apache.activemq.artemis.core.settings.impl.AddressSettings;
import org.apache.activemq.artemis.utils.critical.CriticalAnalyzerPolicy;

/** Turns {@link BrokerSettings} and {@link PromisedSetting} into the configuration objects of an embedded Artemis. */
final class BrokerConfiguration {

    static final String ACCEPTOR = "artemis";
    static final String PROTOCOLS = "CORE,AMQP,STOMP";

    /** Where Artemis puts what it would otherwise drop, such as a message that an AMQP consumer rejects. */
    static final String DEAD_LETTERS = "evenkeel.dead";

    /** How often connections are checked for their time to live. */
    static final long TTL_CHECK_MS = 500;

    /** Upper bound for collecting several syncs into one; Artemis' 3.3 ms would be the floor of every commit. */
    static final int JOURNAL_BUFFER_NANOS = 500_000;

    /** How often the free disk is looked at: what comes between two looks must fit into what is kept free. */
    static final int DISK_SCAN_MS = 1_000;

    /** So many free files of 10 MiB are kept for reuse; after a backlog the disk gets the others back. */
    static final int JOURNAL_POOL_FILES = 10;

    /**
     * How long what goes to consumers is collected, so that messages of one moment are one write; otherwise each is one, and
     * wakes a thread of the consumer's (docs/benchmarks.md). Answers of the broker are written at once.
     */
    static final int BATCH_DELAY_MS = 1;

    private BrokerConfiguration() {}

    static Configuration of(BrokerSettings settings) {
        Path data = settings.data().toAbsolutePath();
        Configuration configuration = new ConfigurationImpl()
                .setName(settings.name())
                .setJMXManagementEnabled(false)
                .setPersistenceEnabled(PromisedSetting.PERSISTENCE_ENABLED.flag())
                .setJournalDirectory(data.resolve("journal").toString())
                .setBindingsDirectory(data.resolve("bindings").toString())
                .setPagingDirectory(data.resolve("paging").toString())
                .setLargeMessagesDirectory(data.resolve("large-messages").toString())
                // NIO although libaio may be there: the same fdatasync before the same answer, and the same code on
                // every
                // machine, container and file system. What was tested is what runs.
                .setJournalType(JournalType.NIO)
                .setJournalBufferTimeout_NIO(JOURNAL_BUFFER_NANOS)
                .setJournalPoolFiles(JOURNAL_POOL_FILES)
                .setJournalDatasync(true)
                .setJournalSyncTransactional(PromisedSetting.JOURNAL_SYNC_TRANSACTIONAL.flag())
                .setJournalSyncNonTransactional(PromisedSetting.JOURNAL_SYNC_NON_TRANSACTIONAL.flag())
                .setMinDiskFree(settings.minDiskFreeBytes())
                .setDiskScanPeriod(DISK_SCAN_MS)
                .setConnectionTTLOverride(PromisedSetting.CONNECTION_TTL_OVERRIDE.number())
                .setConnectionTtlCheckInterval(TTL_CHECK_MS)
                // A broker that hangs holds its queues; one that is gone lets a backup or an operator take over.
                .setCriticalAnalyzer(true)
                .setCriticalAnalyzerPolicy(CriticalAnalyzerPolicy.HALT)
                .setSecurityEnabled(PromisedSetting.SECURITY_ENABLED.flag());
        configuration.addAcceptorConfiguration(acceptor(settings));
        configuration.putSecurityRoles("#", Set.of(everything()));
        configuration.addAddressSetting("#", addressSettings(settings));
        for (String pattern : settings.exclusive()) {
            configuration.addAddressSetting(pattern, addressSettings(settings).setDefaultExclusiveQueue(true));
        }
        configuration.addAddressConfiguration(new CoreAddressConfiguration()
                .setName(DEAD_LETTERS)
                .addRoutingType(RoutingType.ANYCAST)
                .addQueueConfig(QueueConfiguration.of(DEAD_LETTERS)
                        .setAddress(DEAD_LETTERS)
                        .setRoutingType(RoutingType.ANYCAST)));
        return configuration;
    }

    private static TransportConfiguration acceptor(BrokerSettings settings) {
        return new TransportConfiguration(
                NettyAcceptorFactory.class.getName(),
                Map.of(
                        TransportConstants.HOST_PROP_NAME,
                        settings.host(),
                        TransportConstants.PORT_PROP_NAME,
                        settings.port(),
                        TransportConstants.PROTOCOLS_PROP_NAME,
                        PROTOCOLS,
                        TransportConstants.BATCH_DELAY,
                        BATCH_DELAY_MS),
                ACCEPTOR);
    }

    private static AddressSettings addressSettings(BrokerSettings settings) {
        return new AddressSettings()
                .setMaxDeliveryAttempts((int) PromisedSetting.MAX_DELIVERY_ATTEMPTS.number())
                .setRedeliveryDelay(PromisedSetting.REDELIVERY_DELAY.number())
                .setNoExpiry(PromisedSetting.NO_EXPIRY.flag())
                .setEnableIngressTimestamp(PromisedSetting.ENABLE_INGRESS_TIMESTAMP.flag())
                .setAddressFullMessagePolicy(
                        AddressFullMessagePolicy.valueOf(PromisedSetting.ADDRESS_FULL_POLICY.value()))
                .setMaxSizeBytes(settings.maxAddressBytes())
                .setPageSizeBytes(settings.pageBytes())
                .setAutoDeleteQueues(PromisedSetting.AUTO_DELETE_QUEUES.flag())
                .setAutoDeleteAddresses(PromisedSetting.AUTO_DELETE_ADDRESSES.flag())
                .setDeadLetterAddress(SimpleString.of(DEAD_LETTERS))
                // Nothing expires; but without an address Artemis warns at every queue that it makes.
                .setExpiryAddress(SimpleString.of(DEAD_LETTERS))
                // STOMP and AMQP publishers that do not say what they mean get a queue. As a topic without subscribers,
                // Artemis' default, their messages would vanish until the first receiver is there.
                .setDefaultAddressRoutingType(RoutingType.ANYCAST)
                .setDefaultQueueRoutingType(RoutingType.ANYCAST);
    }

    private static Role everything() {
        return new Role(BrokerSettings.ROLE, true, true, true, true, true, true, true, true, true, true, true, true);
    }
}
