// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.guarantee;

import io.evenkeel.broker.Finding;
import io.evenkeel.correlator.config.HistoryMode;
import io.evenkeel.correlator.config.NodeConfiguration;
import io.evenkeel.correlator.config.NodeConfiguration.Receiver;
import io.evenkeel.correlator.config.NodeRole;
import io.evenkeel.jms.Ordering;
import io.evenkeel.jms.SenderSettings;
import io.evenkeel.jms.connection.Destination;
import io.evenkeel.query.CatalogSnapshot;
import io.evenkeel.query.QueryDefinition;
import io.evenkeel.query.QueryInput;
import io.evenkeel.query.Titles;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** The rules by which a node judges its own configuration, the catalog and its brokers. Without I/O; the same in, the same out. */
public final class NodeRules {
    private final NodeConfiguration configuration;
    private final CatalogSnapshot catalog;
    private final String node;
    private final List<Fact> facts = new ArrayList<>();
    private final List<Weakness> weaknesses = new ArrayList<>();

    private NodeRules(NodeConfiguration configuration, CatalogSnapshot catalog) {
        this.configuration = configuration;
        this.catalog = catalog;
        this.node = configuration.node().name();
    }

    /** @param brokers what was read from them last; a connection that is not among them was not looked at yet */
    public static Guarantees judge(NodeConfiguration configuration, CatalogSnapshot catalog, List<BrokerLook> brokers) {
        NodeRules rules = new NodeRules(configuration, catalog);
        rules.judgeGrid();
        rules.judgeBrokers(brokers);
        rules.judgeReceivers();
        rules.judgeSenders();
        catalog.queries().values().forEach(query -> rules.judgeQuery(query.value()));
        return Guarantees.of(rules.facts, rules.weaknesses);
    }

    /** What is outside the guarantee of one query, by its configuration and definition alone. */
    public static List<Weakness> judge(NodeConfiguration configuration, QueryDefinition query) {
        NodeRules rules = new NodeRules(configuration, CatalogSnapshot.EMPTY);
        rules.judgeQuery(query);
        return List.copyOf(rules.weaknesses);
    }

    private void fact(String name, Object value) {
        facts.add(new Fact(name, node, value.toString()));
    }

    private void weak(Weakening weakening, String subject, String found) {
        weaknesses.add(weakening.at(node, subject, found));
    }

    private void judgeGrid() {
        NodeConfiguration.Cluster cluster = configuration.cluster();
        fact("cluster.backups", cluster.backups());
        fact("cluster.minimum", cluster.minimum());
        fact("cluster.dedupeWindow", cluster.dedupeWindow());
        fact("history.mode", configuration.history().mode().name().toLowerCase(Locale.ROOT));
        if (configuration.history().mode() == HistoryMode.OFF
                && configuration.node().roles().contains(NodeRole.COMPUTE)) {
            weak(Weakening.HISTORY_OFF, "history.mode", "off");
        }
        if (cluster.members().size() == 1) {
            weak(Weakening.SINGLE_NODE, "cluster.members", "one node");
        } else if (cluster.backups() == 0) {
            weak(Weakening.NO_BACKUPS, "cluster.backups", "0");
        }
    }

    private void judgeBrokers(List<BrokerLook> brokers) {
        for (String connection : configuration.jms().connections().keySet()) {
            Optional<BrokerLook> look = brokers.stream()
                    .filter(each -> each.connection().equals(connection))
                    .findFirst();
            String name = "jms.connections." + connection;
            if (look.isEmpty()) {
                fact(name, "not checked yet");
                continue;
            }
            List<Finding> findings = look.get().findings();
            fact(name, findings.isEmpty() ? "keeps all promised settings" : "see weaknesses");
            findings.forEach(finding -> weaknesses.add(weakness(connection, finding)));
        }
    }

    private Weakness weakness(String connection, Finding finding) {
        return new Weakness(
                finding.known() ? Weakening.BROKER_SETTING : Weakening.BROKER_UNCHECKED,
                node,
                "broker of connection " + connection + ", " + finding.setting() + usedBy(finding.setting()),
                finding.actual() + (finding.known() ? " instead of " + finding.expected() : ""),
                finding.promise(),
                finding.remedy(),
                finding.loses());
    }

    /** The queries that a setting of a queue matters to (N16); a finding begins with the queue that it was read for. */
    private String usedBy(String setting) {
        int end = setting.indexOf(": ");
        if (end < 0) {
            return "";
        }
        String queue = setting.substring(0, end);
        String titles = catalog.queries().values().stream()
                .map(CatalogSnapshot.Versioned::value)
                .filter(query -> query.output().destination().equals("queue:" + queue) || reads(query, queue))
                .map(query -> Titles.query(query.name()))
                .collect(Collectors.joining(", "));
        return titles.isEmpty() ? "" : " (" + titles + ")";
    }

    private boolean reads(QueryDefinition query, String queue) {
        return query.inputs().stream()
                .flatMap(input -> receiversOf(input).stream())
                .anyMatch(receiver -> receiver.settings().destination().name().equals(queue));
    }

    private List<Receiver> receiversOf(QueryInput input) {
        return configuration.jms().receivers().values().stream()
                .filter(receiver -> input.event().equals(receiver.settings().eventType()))
                .toList();
    }

    private void judgeReceivers() {
        if (!configuration.node().roles().contains(NodeRole.RECEIVER)) {
            return;
        }
        configuration.jms().receivers().forEach((name, receiver) -> {
            fact(
                    "jms.receivers." + name,
                    receiver.settings().reliability() + " "
                            + receiver.settings().ordering());
            if (receiver.settings().ordering() == Ordering.RELAXED) {
                weak(Weakening.RELAXED_RECEIVER, "jms.receivers." + name + ".ordering", "relaxed");
            }
        });
    }

    private void judgeSenders() {
        for (SenderSettings sender : configuration.jms().senders().values()) {
            String name = "jms.senders." + sender.name();
            fact(name, sender.persistent() ? "PERSISTENT" : "NON_PERSISTENT");
            if (!sender.persistent()) {
                weak(Weakening.NON_PERSISTENT_SENDER, name + ".deliveryMode", "NON_PERSISTENT");
            }
        }
    }

    private void judgeQuery(QueryDefinition query) {
        String subject = Titles.query(query.name());
        Destination output = Destination.parse(query.output().destination());
        if (output.kind() == Destination.Kind.TOPIC) {
            weak(Weakening.OUTPUT_IS_TOPIC, "output of " + subject, output.toString());
        }
        configuration.jms().senders().values().stream()
                .filter(sender -> sender.destination().equals(output) && !sender.persistent())
                .forEach(sender -> weak(
                        Weakening.OUTPUT_NOT_PERSISTENT,
                        "output of " + subject,
                        output + " by sender " + sender.name() + ", NON_PERSISTENT"));
        query.inputs().stream()
                .flatMap(input -> receiversOf(input).stream())
                .filter(receiver -> receiver.settings().ordering() == Ordering.RELAXED)
                .distinct()
                .forEach(receiver -> weak(
                        Weakening.INPUT_IS_RELAXED,
                        "input of " + subject,
                        "queue:" + receiver.settings().destination().name() + " by receiver "
                                + receiver.settings().name() + ", relaxed"));
    }
}
