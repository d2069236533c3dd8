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
            Path folder,
            ClusterPlan plan,
            String name,
            NodePlace place,
            List<NodePlace> all,
            String brokerUrl,
            Path passwordFile) {
        StringBuilder yaml = new StringBuilder();
        String roles = plan.roles.containsKey(name) ? ", roles: [" + plan.roles.get(name) + "]" : "";
        yaml.append("node: {name: %s, data: data/%s, http: {host: %s, port: %d}%s}%n"
                .formatted(name, name, place.host(), place.httpPort(), roles));
        yaml.append("cluster:%n  name: %s%n  bind: %s%n  port: %d%n  members: [%s]%n"
                .formatted(
                        folder.getFileName().toString().replaceAll("[^A-Za-z0-9]", ""),
                        place.host(),
                        place.gridPort(),
                        all.stream().map(NodePlace::member).collect(Collectors.joining(", "))));
        yaml.append("  backups: %d%n  shards: %d%n".formatted(plan.backups, plan.shards));
        yaml.append("jms:%n  connections: {main: {url: \"%s\", user: evenkeel, passwordFile: \"%s\"}}%n"
                .formatted(brokerUrl, passwordFile));
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
                    "    %s: {connection: main, destination: \"queue:%s\", reliability: BEST_EFFORT, deliveryMode: %s}%n"
                            .formatted(
                                    queue,
                                    queue,
                                    plan.notPersistent.contains(queue) ? "NON_PERSISTENT" : "PERSISTENT")));
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
