// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.bench;

import static java.util.Objects.requireNonNull;

import io.evenkeel.bench.Options.Collector;
import io.evenkeel.jms.tool.PublishSettings;
import io.evenkeel.jms.tool.QueuePublisher;
import jakarta.jms.JMSException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.ToDoubleFunction;
import java.util.stream.LongStream;

/**
 * How fast a full queue is drained: by a bare consumer, by one node, by two replicated nodes; in turn, several times, all
 * of them alive all the time. Only ratios within a run mean anything: the machine's speed cancels out.
 */
final class Throughput {
    static final List<String> QUEUES = List.of("bare", "single", "double");
    /**
     * Rounds before those that count, for the compilers of all JVMs. Each shard loads its own copy of the code that Esper
     * generates, so that there is much to compile: with less, it is the compiler that is measured.
     */
    private static final int WARM_UP = 16;
    /** The share of messages at the beginning and at the end of a drain that is not timed. */
    private static final double EDGE = 0.1;

    private final Options options;
    private final Path folder;
    private long published;

    /**
     * How one drain went.
     *
     * @param rate           events/s
     * @param brokerMicros   CPU time of the broker for each event; unlike the rate, hardly disturbed by a busy machine
     * @param consumerMicros CPU time of all that take from the queue, for each event
     */
    private record Drain(double rate, double brokerMicros, double consumerMicros) {}

    Throughput(Options options, Path folder) {
        this.options = options;
        this.folder = folder;
    }

    /** Returns the rate of two replicated nodes, events/s. */
    double run(Report report) throws IOException, InterruptedException, JMSException {
        Map<String, List<Drain>> drains = new LinkedHashMap<>();
        QUEUES.forEach(queue -> drains.put(queue, new ArrayList<>()));
        List<String> jvm = options.nodeJvm(Collector.LEAST_WORK);
        try (BenchBroker broker = BenchBroker.start(folder.resolve("broker"));
                ChildProcess bare = BareReceiver.start("bare", folder, jvm, broker.settings());
                Cluster one = Cluster.start("single", folder, 1, 0, broker.settings(), options, Collector.LEAST_WORK);
                Cluster two = Cluster.start("double", folder, 2, 1, broker.settings(), options, Collector.LEAST_WORK)) {
            Map<String, List<Long>> pids =
                    Map.of("bare", List.of(bare.pid()), "single", one.pids(), "double", two.pids());
            for (int round = -WARM_UP; round < options.rounds(); round++) {
                for (String queue : options.sides()) {
                    Drain drain = drain(broker, queue, requireNonNull(pids.get(queue)));
                    System.out.printf(
                            "   round %d %-7s %,10.0f/s, CPU per event: broker %.1f, consumers %.1f us%n",
                            round + 1, queue, drain.rate(), drain.brokerMicros(), drain.consumerMicros());
                    if (round >= 0) {
                        requireNonNull(drains.get(queue)).add(drain);
                    }
                }
            }
        }
        if (!options.sides().equals(QUEUES)) {
            report.note("throughput: not compared, only " + options.sides());
            return 0;
        }
        return tell(report, drains);
    }

    private Drain drain(BenchBroker broker, String queue, List<Long> consumers)
            throws JMSException, InterruptedException {
        broker.pause(queue);
        long before = broker.acknowledged(queue);
        try (QueuePublisher publisher = new QueuePublisher(
                broker.settings(), PublishSettings.to(queue, null).withBatch(1_000))) {
            Readings readings = Readings.rare();
            publisher.publish(
                    LongStream.range(published, published + options.messages())
                            .mapToObj(number -> readings.json(number, number))
                            .iterator(),
                    batch -> {});
        }
        published += options.messages();
        long first = before + (long) (options.messages() * EDGE);
        long last = before + (long) (options.messages() * (1 - EDGE));
        broker.resume(queue);
        long[] from = awaitCount(broker, queue, first);
        long brokerWork = Machine.cpuMicros(List.of(broker.pid()));
        long work = Machine.cpuMicros(consumers);
        long[] to = awaitCount(broker, queue, last);
        long events = to[0] - from[0];
        Drain drain = new Drain(
                events * 1e9 / (to[1] - from[1]),
                (double) (Machine.cpuMicros(List.of(broker.pid())) - brokerWork) / events,
                (double) (Machine.cpuMicros(consumers) - work) / events);
        awaitCount(broker, queue, before + options.messages());
        return drain;
    }

    /** Returns a count that is not less, and when it was seen, in ns. */
    private static long[] awaitCount(BenchBroker broker, String queue, long wanted) throws JMSException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(120);
        while (true) {
            long seen = broker.acknowledged(queue);
            long now = System.nanoTime();
            if (seen >= wanted) {
                return new long[] {seen, now};
            }
            if (now > deadline) {
                throw new IllegalStateException("Expected " + wanted + " messages of " + queue
                        + " to be acknowledged, but only " + seen + " are");
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
        }
    }

    private static double tell(Report report, Map<String, List<Drain>> drains) {
        Map<String, String> names = Map.of(
                "bare", "a: bare transacted drain", "single", "b: one node", "double", "c: two replicated nodes");
        for (String queue : QUEUES) {
            report.told(
                    "throughput",
                    names.get(queue) + ", events/s",
                    "%,.0f".formatted(median(requireNonNull(drains.get(queue)), Drain::rate)));
            report.told(
                    "throughput",
                    names.get(queue) + ", CPU per event of broker + consumers",
                    "%.1f + %.1f us"
                            .formatted(
                                    median(requireNonNull(drains.get(queue)), Drain::brokerMicros),
                                    median(requireNonNull(drains.get(queue)), Drain::consumerMicros)));
        }
        List<Double> single = ratios(requireNonNull(drains.get("single")), requireNonNull(drains.get("bare")));
        List<Double> replicated = ratios(requireNonNull(drains.get("double")), requireNonNull(drains.get("bare")));
        report.atLeast("throughput", "b/a, median of rounds", Statistics.median(single), "%.2f", 0.85);
        report.atLeast("throughput", "c/a, median of rounds", Statistics.median(replicated), "%.2f", 0.65);
        report.note("throughput: b/a by round " + list(single) + "; c/a by round " + list(replicated));
        return median(requireNonNull(drains.get("double")), Drain::rate);
    }

    private static double median(List<Drain> drains, ToDoubleFunction<Drain> value) {
        return Statistics.median(drains.stream().mapToDouble(value).boxed().toList());
    }

    private static List<Double> ratios(List<Drain> drains, List<Drain> bare) {
        List<Double> ratios = new ArrayList<>();
        for (int i = 0; i < drains.size(); i++) {
            ratios.add(drains.get(i).rate() / bare.get(i).rate());
        }
        return ratios;
    }

    private static String list(List<Double> values) {
        return String.join(", ", values.stream().map("%.2f"::formatted).toList());
    }
}
