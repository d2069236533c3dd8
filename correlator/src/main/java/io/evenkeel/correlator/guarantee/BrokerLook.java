// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.guarantee;

import io.evenkeel.broker.BrokerCheck;
import io.evenkeel.broker.Finding;
import io.evenkeel.broker.QueueUse;
import io.evenkeel.correlator.config.NodeConfiguration;
import io.evenkeel.correlator.config.NodeConfiguration.Receiver;
import io.evenkeel.correlator.config.NodeRole;
import io.evenkeel.jms.Ordering;
import io.evenkeel.jms.SenderSettings;
import io.evenkeel.jms.connection.ConnectionSettings;
import io.evenkeel.jms.connection.Destination;
import io.evenkeel.query.CatalogSnapshot;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a broker was found to be set to, for the queues that this node uses there.
 *
 * @param connection name of the connection
 * @param findings   what does not keep a promise, or could not be read
 */
public record BrokerLook(String connection, List<Finding> findings) {
    private static final String UNREACHABLE = "broker at ";

    public BrokerLook {
        findings = List.copyOf(findings);
    }

    /** Asks all brokers of a node. Blocks for some round trips, or for seconds if one does not answer. */
    public static List<BrokerLook> all(NodeConfiguration configuration, CatalogSnapshot catalog) {
        List<BrokerLook> looks = new ArrayList<>();
        for (ConnectionSettings connection : configuration.jms().connections().values()) {
            Collection<QueueUse> uses = uses(configuration, connection.name(), catalog);
            try {
                looks.add(new BrokerLook(
                        connection.name(),
                        BrokerCheck.run(
                                connection.url(), connection.user(), connection.readPassword(), List.copyOf(uses))));
            } catch (UncheckedIOException e) {
                looks.add(new BrokerLook(
                        connection.name(),
                        List.of(new Finding(
                                "password of connection " + connection.name(),
                                "readable",
                                Finding.UNKNOWN + e.getMessage(),
                                "any: no broker setting could be checked",
                                "Correct jms.connections." + connection.name() + ".passwordFile."))));
            }
        }
        return looks;
    }

    /** The queues that a node uses through a connection. */
    static Collection<QueueUse> uses(NodeConfiguration configuration, String connection, CatalogSnapshot catalog) {
        Map<String, QueueUse> uses = new TreeMap<>();
        boolean receives = configuration.node().roles().contains(NodeRole.RECEIVER);
        for (Receiver receiver : configuration.jms().receivers().values()) {
            if (receives && receiver.connection().equals(connection)) {
                String queue = receiver.settings().destination().name();
                boolean strict = receiver.settings().ordering() == Ordering.STRICT;
                uses.put(queue, strict ? QueueUse.strict(queue) : QueueUse.shared(queue));
                if (!strict) {
                    String detour = receiver.settings().ofDetour().destination().name();
                    uses.put(detour, QueueUse.strict(detour));
                }
            }
        }
        boolean source = !uses.isEmpty();
        for (SenderSettings sender : configuration.jms().senders().values()) {
            if (sender.connection().equals(connection)) {
                output(sender.destination(), uses);
            }
        }
        if (source) {
            catalog.queries()
                    .values()
                    .forEach(query ->
                            output(Destination.parse(query.value().output().destination()), uses));
        }
        return uses.values();
    }

    private static void output(Destination destination, Map<String, QueueUse> uses) {
        if (destination.kind() == Destination.Kind.QUEUE) {
            uses.putIfAbsent(destination.name(), QueueUse.output(destination.name()));
        }
    }

    /** True if nobody answered, so that it is worth while to ask again. */
    public boolean unreachable() {
        return findings.stream().anyMatch(finding -> finding.setting().startsWith(UNREACHABLE));
    }
}
