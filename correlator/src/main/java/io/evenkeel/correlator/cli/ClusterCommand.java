// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.cli;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.evenkeel.correlator.terminal.TextTable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Shows the cluster. */
@Command(
        name = "cluster",
        description = "Show members, shards, receivers, and what weakens a guarantee.",
        mixinStandardHelpOptions = true)
final class ClusterCommand implements Callable<Integer> {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Mixin
    private ApiOption nodes = new ApiOption();

    @Mixin
    private OutputOption output = new OutputOption();

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        JsonNode status = JSON.valueToTree(nodes.client().cluster());
        var out = requireNonNull(spec, "spec").commandLine().getOut();
        out.println(output.json() ? status.toString() : table(status));
        return 0;
    }

    static String table(JsonNode status) {
        TextTable members = new TextTable("member", "address", "api", "roles", "shards");
        for (JsonNode member : status.path("members")) {
            String name = member.path("name").asText();
            long shards = StreamSupport.stream(status.path("shards").spliterator(), false)
                    .filter(shard -> name.equals(shard.path("owner").asText()))
                    .count();
            String roles = StreamSupport.stream(member.path("roles").spliterator(), false)
                    .map(JsonNode::asText)
                    .collect(Collectors.joining(", "));
            members.row(name, member.path("address").asText(), text(member.path("http")), roles, shards);
        }
        TextTable receivers = new TextTable("receiver", "node", "queue", "phase", "committed", "rejected", "failure");
        for (JsonNode receiver : status.path("receivers")) {
            receivers.row(
                    receiver.path("name").asText(),
                    receiver.path("node").asText(),
                    receiver.path("queue").asText(),
                    receiver.path("phase").asText(),
                    receiver.path("committed").asLong(),
                    receiver.path("rejected").asLong(),
                    text(receiver.path("lastFailure")));
        }
        StringBuilder text =
                new StringBuilder("cluster " + status.path("cluster").asText() + " as "
                        + status.path("node").asText() + " sees it, catalog revision "
                        + status.path("catalogRevision").asLong() + ", "
                        + (status.path("safe").asBoolean() ? "safe" : "NOT SAFE: nothing is committed"));
        status.path("reasons").forEach(reason -> text.append("\n  ").append(reason.asText()));
        text.append("\n\n").append(members).append("\n\n").append(receivers);
        text.append("\n\n").append(guarantees(status.path("guarantees")));
        return text.toString();
    }

    /** Facts that all nodes have in common are told once. */
    private static String guarantees(JsonNode guarantees) {
        TextTable facts = new TextTable("guarantee", "is", "on");
        Map<List<String>, List<String>> nodes = new LinkedHashMap<>();
        for (JsonNode fact : guarantees.path("facts")) {
            nodes.computeIfAbsent(
                            List.of(
                                    fact.path("name").asText(),
                                    fact.path("value").asText()),
                            same -> new ArrayList<>())
                    .add(fact.path("node").asText());
        }
        nodes.forEach((fact, on) -> facts.row(fact.get(0), fact.get(1), String.join(", ", on)));
        StringBuilder text = new StringBuilder("guarantee: ")
                .append(guarantees.path("noLoss").asBoolean() ? "no-loss" : "WEAKENED: events or matches may be lost")
                .append("\n")
                .append(facts);
        for (JsonNode weakness : guarantees.path("weaknesses")) {
            text.append("\n\n")
                    .append(weakness.path("name").asText())
                    .append(" on ")
                    .append(weakness.path("node").asText())
                    .append(": ")
                    .append(weakness.path("subject").asText())
                    .append(" is ")
                    .append(weakness.path("found").asText())
                    .append("\n  breaks: ")
                    .append(weakness.path("promise").asText())
                    .append("\n  remedy: ")
                    .append(weakness.path("remedy").asText());
        }
        return text.toString();
    }

    private static String text(JsonNode node) {
        return node.isNull() || node.isMissingNode() ? "-" : node.asText();
    }
}
