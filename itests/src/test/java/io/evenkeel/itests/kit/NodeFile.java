// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.itests.kit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Writes the configuration of a node, as its user would. */
final class NodeFile {
    private NodeFile() {}

    static Path write(
            Path folder, ClusterPlan plan, String name, int httpPort, int gridPort, List<Integer> grid, Broker broker) {
        StringBuilder yaml = new StringBuilder();
        String roles = plan.roles.containsKey(name) ? ", roles: [" + plan.roles.get(name) + "]" : "";
        yaml.append("node: {name: %s, data: data/%s, http: {host: 127.0.0.1, port: %d}%s}%n"
                .formatted(name, name, httpPort, roles));
        yaml.append("cluster:%n  name: %s%n  bind: 127.0.0.1%n  port: %d%n  members: [%s]%n"
                .formatted(
                        folder.getFileName().toString().replaceAll("[^A-Za-z0-9]", ""),
                        gridPort,
                        grid.stream().map(port -> "\"127.0.0.1:" + port + "\"").collect(Collectors.joining(", "))));
        yaml.append("  backups: %d%n  shards: %d%n".formatted(plan.backups, plan.shards));
        yaml.append("jms:%n  connections: {main: {url: \"%s\", user: evenkeel, passwordFile: \"%s\"}}%n"
                .formatted(broker.url(), broker.passwordFile()));
        if (!plan.withoutReceivers.contains(name)) {
            yaml.append("  receivers:%n".formatted());
            plan.inputs.forEach((queue, event) -> yaml.append(
                    "    %s: {connection: main, destination: \"queue:%s\", event: %s, reliability: APP_CONTROLLED, ordering: %s, batch: %d}%n"
                            .formatted(queue, queue, event, plan.ordering, plan.batch)));
        }
        Set<String> senders = new TreeSet<>(plan.outputs);
        senders.addAll(plan.unread);
        if (!senders.isEmpty()) {
            yaml.append("  senders:%n".formatted());
            senders.forEach(queue -> yaml.append(
                    "    %s: {connection: main, destination: \"queue:%s\", reliability: BEST_EFFORT, deliveryMode: PERSISTENT}%n"
                            .formatted(queue, queue)));
        }
        if (!plan.documents.isEmpty()) {
            yaml.append("catalog: {load: [\"catalog/*.yaml\"]}%n".formatted());
        }
        plan.settings.forEach(yaml::append);
        try {
            Files.createDirectories(folder.resolve("catalog"));
            for (int i = 0; i < plan.documents.size(); i++) {
                Files.writeString(folder.resolve("catalog").resolve(i + ".yaml"), plan.documents.get(i));
            }
            return Files.writeString(folder.resolve(name + ".yaml"), yaml);
        } catch (IOException e) {
            throw new UncheckedIOException("Expected to write the configuration of " + name + ", but could not", e);
        }
    }
}
