// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.drill;

import io.evenkeel.client.ClusterStatus;
import io.evenkeel.client.ClusterStatus.ReceiverRow;
import io.evenkeel.correlator.terminal.CommandException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What a drill may hurt, and through which queue its events go.
 *
 * @param queue   an input of the cluster
 * @param ordered whether its receivers are strict
 * @param victims nodes on this host
 */
record DrillTarget(String queue, boolean ordered, List<Victim> victims) {
    private static final String TICKS = "ticks";

    public DrillTarget {
        victims = List.copyOf(victims);
    }

    /** @throws CommandException if the drill cannot be held on this cluster from here */
    static DrillTarget of(ClusterStatus status, DrillSettings settings) {
        if (!status.safe()) {
            throw new CommandException("Expected a safe cluster to hold a drill on, but: "
                    + String.join("; ", status.reasons()) + ". Mend that first.");
        }
        ReceiverRow receiver = receiver(status, settings);
        if (settings.fault() != DrillFault.FREEZE) {
            requireSpareNode(status);
        }
        List<Victim> victims = new ArrayList<>();
        for (ClusterStatus.Member member : status.members()) {
            if (settings.node() == null || member.name().equals(settings.node())) {
                Victim.find(member).ifPresent(victims::add);
            }
        }
        if (victims.isEmpty()) {
            throw new CommandException(
                    "Expected "
                            + (settings.node() == null ? "a node of the cluster" : "node " + settings.node())
                            + " to be a process of this host, but none is. Nodes: "
                            + status.members().stream()
                                    .map(member -> member.name() + " (process " + member.pid() + ")")
                                    .collect(Collectors.joining(", "))
                            + ". Run the drill on the host of a node, outside of containers; for a node in a container, as root.");
        }
        if (settings.fault() == DrillFault.CUT) {
            victims.forEach(Victim::requireOwnNetwork);
        }
        return new DrillTarget(receiver.queue(), !isRelaxed(status, receiver.name()), victims);
    }

    private static ReceiverRow receiver(ClusterStatus status, DrillSettings settings) {
        List<ReceiverRow> rows = status.receivers().stream()
                .filter(row -> !row.name().equals(TICKS))
                .sorted(Comparator.comparing(ReceiverRow::queue))
                .toList();
        return rows.stream()
                .filter(row -> settings.queue() == null || row.queue().equals(settings.queue()))
                .findFirst()
                .orElseThrow(() -> new CommandException("Expected "
                        + (settings.queue() == null ? "an input queue" : "queue " + settings.queue())
                        + " to be received by the cluster, but its inputs are "
                        + rows.stream().map(ReceiverRow::queue).distinct().toList()
                        + ". Name one by --queue."));
    }

    private static boolean isRelaxed(ClusterStatus status, String receiver) {
        return status.guarantees().facts().stream()
                .anyMatch(fact -> fact.name().equals("jms.receivers." + receiver)
                        && fact.value().contains("RELAXED"));
    }

    /** With one node less the others must be enough to commit, else the drill would be an outage. */
    private static void requireSpareNode(ClusterStatus status) {
        long left = status.members().size() - 1L;
        long computing = status.members().stream()
                        .filter(member -> member.roles().contains("compute"))
                        .count()
                - 1;
        long minimum = fact(status, "cluster.minimum").orElse(1L);
        long holders = fact(status, "cluster.backups").orElse(0L) + 1;
        if (left < minimum || computing < holders) {
            throw new CommandException("Expected the cluster to go on without a node, but with " + left + " of "
                    + status.members().size() + " nodes it would commit nothing (cluster.minimum=" + minimum
                    + ", and cluster.backups needs " + holders + " nodes that compute). Add a node first.");
        }
    }

    private static Optional<Long> fact(ClusterStatus status, String name) {
        return status.guarantees().facts().stream()
                .filter(fact -> fact.name().equals(name))
                .map(fact -> Long.parseLong(fact.value()))
                .findFirst();
    }

    /** The victim that took most of the queue between two looks. */
    Victim receiving(ClusterStatus before, ClusterStatus now) {
        Map<String, Long> earlier = received(before);
        Map<String, Long> later = received(now);
        return victims.stream()
                .max(Comparator.comparingLong(
                        victim -> later.getOrDefault(victim.name(), 0L) - earlier.getOrDefault(victim.name(), 0L)))
                .orElseThrow();
    }

    private Map<String, Long> received(ClusterStatus status) {
        return status.receivers().stream()
                .filter(row -> row.queue().equals(queue))
                .collect(Collectors.toMap(ReceiverRow::node, ReceiverRow::received, Long::sum));
    }
}
