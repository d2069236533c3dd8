// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.itests;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.correlator.demo.FreePorts;
import io.evenkeel.itests.kit.Await;
import io.evenkeel.itests.kit.Cli;
import io.evenkeel.itests.kit.Cli.Running;
import io.evenkeel.itests.kit.Cli.Said;
import io.evenkeel.itests.kit.Evidence;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The ports of the README may be taken, so others are put in their place; all else is as it stands there. */
@DisplayName("The README")
class ReadmeIT {
    private static final Duration SOON = Duration.ofMinutes(2);
    private static final Path PROJECT = Path.of("..").toAbsolutePath().normalize();
    private static final List<String> WITH_BROKER = List.of("publish", "receive");

    @RegisterExtension
    static final Evidence EVIDENCE = new Evidence();

    private final List<Integer> ports = FreePorts.take(3);
    private final String broker = "tcp://127.0.0.1:" + ports.get(0);
    private final String grid = "127.0.0.1:" + ports.get(1);
    private final Await await = new Await(() -> {});

    @Test
    @DisplayName("'Use it': broker and node start, and the commands after them do what they say, typed in their order")
    void shouldDoAsTyped() throws IOException {
        Path home = Files.createDirectories(EVIDENCE.folder().resolve("home"));
        copy(PROJECT.resolve("demo"), home.resolve("demo"));
        Cli cli = new Cli(
                EVIDENCE.folder(),
                home,
                Map.of(
                        "EVENKEEL_URL",
                        "http://127.0.0.1:" + ports.get(2),
                        "EVENKEEL_JMS_CONNECTIONS_MAIN_URL",
                        broker,
                        "EVENKEEL_CLUSTER_MEMBERS",
                        grid,
                        "EVENKEEL_CLUSTER_PORT",
                        Integer.toString(ports.get(1)),
                        "EVENKEEL_NODE_HTTP_PORT",
                        Integer.toString(ports.get(2))));
        List<List<String>> commands = commands();
        assertThat(commands).extracting(command -> command.get(0)).startsWith("broker", "node");

        try (Running runningBroker = cli.start(commands.get(0))) {
            awaitReady("the broker", runningBroker);
            try (Running runningNode = cli.start(commands.get(1))) {
                awaitReady("the node", runningNode);
                List<String> said = new ArrayList<>();
                for (List<String> command : commands.subList(2, commands.size())) {
                    Said answer = cli.start(command).end(SOON);
                    assertThat(answer.exitCode())
                            .as("exit code of %s, which said: %s", command, answer.text())
                            .isZero();
                    said.add(command.get(0) + ": " + answer.text());
                }
                assertThat(said)
                        .anySatisfy(
                                text -> assertThat(text).startsWith("publish:").contains("20000"));
                assertThat(said)
                        .anySatisfy(text -> assertThat(text.lines().filter(line -> line.contains("meanDelay")))
                                .as("matches that were received")
                                .hasSize(10));
                assertThat(said)
                        .anySatisfy(
                                text -> assertThat(text).startsWith("cluster:").contains("node-1"));
            }
        }
    }

    private void awaitReady(String what, Running running) {
        await.until(what + " to be ready", SOON, running::said, () -> {
            assertThat(running.process().isAlive())
                    .as("%s runs; it said: %s", what, running.said())
                    .isTrue();
            return running.said().lines().anyMatch(line -> line.startsWith("ready"));
        });
    }

    /** Of the section, without {@code ./evenkeel}; with the ports of this run. */
    private List<List<String>> commands() throws IOException {
        String section = Files.readString(PROJECT.resolve("README.md"))
                .split("\n## Use it\n", 2)[1]
                .split("\n## ", 2)[0];
        List<List<String>> commands = new ArrayList<>();
        for (String line : section.lines().toList()) {
            // Those on sample events need no broker and no node; they are tested with the galleries.
            if (line.startsWith("./evenkeel ")
                    && !line.contains(" query check ")
                    && !line.contains(" query explain ")) {
                List<String> words = new ArrayList<>(List.of(line.split(" +")).subList(1, line.split(" +").length));
                words.replaceAll(word -> word.equals("61616") ? Integer.toString(ports.get(0)) : word);
                if (WITH_BROKER.contains(words.get(0))) {
                    words.addAll(List.of("--url", broker));
                }
                commands.add(words);
            }
        }
        return commands;
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(from.relativize(file).toString()));
            }
        }
    }
}
