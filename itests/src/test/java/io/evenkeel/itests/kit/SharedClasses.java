// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.itests.kit;

import io.evenkeel.correlator.demo.FreePorts;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Where nodes and commands find their classes. If those are in jars, a node runs once before all others and its JVM keeps
 * what it loaded (application class data sharing, JEP 350): the hundreds of JVMs of a test run then start with half the
 * work. If they are in folders, as in an IDE, each JVM loads them anew.
 */
final class SharedClasses {
    /** An archive serves JVMs with the collector that it was made with. */
    private static final List<String> JVM = List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1");

    private static final Duration LIMIT = Duration.ofMinutes(4);

    private static final String QUERY = """
            event: Warm
            fields: {key: string, value: integer}
            ---
            query: warm
            inputs:
              - {event: Warm, key: [key], within: 1 minute}
            epl: select key, sum(value) as total from Warm
            output: {event: Warmed, to: "queue:warm"}
            """;

    private SharedClasses() {}

    /** Options of a JVM: its class path, and how to start fast. */
    static List<String> options() {
        return Made.OPTIONS;
    }

    /** Made with the first process of a test run. */
    private static final class Made {
        static final List<String> OPTIONS = make();
    }

    private static List<String> make() {
        List<String> entries =
                Arrays.asList(System.getProperty("java.class.path").split(File.pathSeparator));
        // The tests themselves are in folders, and no node needs them.
        List<String> jars =
                entries.stream().filter(entry -> entry.endsWith(".jar")).toList();
        if (jars.stream().noneMatch(jar -> jar.endsWith("correlator.jar"))) {
            return options("-cp", String.join(File.pathSeparator, entries));
        }
        String classPath = String.join(File.pathSeparator, jars);
        try {
            Path folder = Files.createTempDirectory("evenkeel-classes");
            Runtime.getRuntime().addShutdownHook(new Thread(() -> Evidence.delete(folder)));
            Path archive = folder.resolve("node.jsa");
            train(folder, options("-XX:ArchiveClassesAtExit=" + archive, "-Xlog:cds=off", "-cp", classPath));
            if (!Files.exists(archive)) {
                throw new IllegalStateException(
                        "Expected a JVM to keep its classes in " + archive + ", but it did not");
            }
            return options("-XX:SharedArchiveFile=" + archive, "-cp", classPath);
        } catch (IOException e) {
            throw new UncheckedIOException("Expected to make an archive of classes, but could not", e);
        }
    }

    private static List<String> options(String... more) {
        List<String> options = new ArrayList<>(JVM);
        options.addAll(List.of(more));
        return List.copyOf(options);
    }

    /** A node of its own, with a broker, until it serves. */
    private static void train(Path folder, List<String> options) {
        List<Integer> ports = FreePorts.take(2);
        NodePlace place = new NodePlace("127.0.0.1", ports.get(0), ports.get(1), List.of(), Map.of());
        ClusterPlan plan = ClusterPlan.aCluster()
                .withNodes(1)
                .withDocuments(QUERY)
                .withInput("warm-up", "Warm")
                .withOutput("warm");
        try (Broker broker = new Broker(folder.resolve("broker"), folder.resolve("broker.log"), Map.of())) {
            Path file =
                    NodeFile.write(folder, plan, "node-1", place, List.of(place), broker.url(), broker.passwordFile());
            NodeProcess node = new NodeProcess("node-1", file, folder.resolve("node.log"), place, new String[0]);
            node.start(options, List.of());
            Await await = new Await(() -> {
                if (!node.isAlive()) {
                    throw new AssertionError("Expected a node to serve, but it ended:\n" + node.tail());
                }
            });
            await.until("a node to serve", LIMIT, node::tail, node.api()::ready);
            node.stop();
        }
    }
}
