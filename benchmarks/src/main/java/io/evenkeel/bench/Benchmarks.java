// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Comparator;
import java.util.stream.Stream;

/** Measures what was promised of speed, prints one table, and says of each target whether it was met. */
public final class Benchmarks {
    /** Of two nodes, when the rate was not measured in this run: a third of it is what latency is measured at. */
    private static final double ASSUMED_RATE = 50_000;

    private Benchmarks() {}

    /** Exit code 0 if all targets were met, 1 if one was missed, 2 for wrong arguments. */
    public static void main(String[] arguments) throws Exception {
        Options options;
        try {
            options = Options.parse(arguments);
        } catch (IllegalArgumentException e) {
            System.err.println(e.getMessage());
            System.exit(2);
            return;
        }
        Report report = new Report();
        Path folder = Files.createTempDirectory("evenkeel-bench");
        double rate = ASSUMED_RATE;
        String began = Machine.load();
        for (String part : options.parts()) {
            System.out.println("== " + part + "   load " + Machine.load());
            Path own = Files.createDirectories(folder.resolve(part));
            switch (part) {
                case "engine" -> EngineRates.run(report);
                case "replay" -> Replay.run(report);
                case "heap" -> HeapPerKey.run(report);
                case "throughput" -> rate = new Throughput(options, own).run(report);
                case "latency" -> new Latency(options, own).run(report, rate);
                case "failover" -> new Failover(options, own).run(report);
                default -> throw new IllegalStateException("No such part: " + part);
            }
        }
        System.out.println("\n" + report.table());
        if (!options.page().isEmpty()) {
            ResultPage.write(
                    Path.of(options.page()),
                    report,
                    "benchmarks/run " + String.join(" ", arguments),
                    began,
                    Clock.systemUTC());
        }
        delete(folder); // what a part that fails leaves is kept, with the nodes' logs
        System.exit(report.missed() ? 1 : 0);
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
