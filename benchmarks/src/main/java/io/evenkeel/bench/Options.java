// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What to measure, and how long.
 *
 * @param parts    in the order in which they run
 * @param messages of one drain
 * @param rounds   drains of each kind that count
 * @param kills    of receiving nodes
 * @param heap     of each node, such as 1g
 * @param shards   of each cluster
 * @param jvm      options of each node's JVM in place of those of the part; empty: those
 * @param sides    of the comparison of throughput: all, unless one is to be looked at alone
 * @param page     where to write the results; empty: only print them
 */
record Options(
        List<String> parts,
        int messages,
        int rounds,
        int kills,
        String heap,
        String page,
        List<String> jvm,
        int shards,
        List<String> sides) {
    /** What a node's JVM is started with unless {@code --jvm} says something else. */
    enum Collector {
        /**
         * Least work for an event. Much of what an event leaves behind lives for seconds, so the {@linkplain #young young
         * generation} is large.
         */
        LEAST_WORK("-XX:+UseParallelGC", "-XX:+AlwaysPreTouch"),
        /** Short pauses, for more work. */
        SHORT_PAUSES("-XX:+UseG1GC", "-XX:MaxGCPauseMillis=10"),
        /**
         * The shortest, for a node that starts seldom: memory that the kernel has yet to give costs a pause more than what is
         * copied in it. What outlives one collection of G1 outlives many, so it is not copied again and again
         * (docs/benchmarks.md).
         */
        SHORTEST_PAUSES(Stream.concat(
                        Stream.of("-XX:+AlwaysPreTouch", "-XX:+UseTransparentHugePages"),
                        Runtime.version().feature() >= ZGC_IS_GENERATIONAL
                                ? Stream.of("-XX:+UseZGC")
                                : Stream.of("-XX:+UseG1GC", "-XX:MaxGCPauseMillis=10", "-XX:MaxTenuringThreshold=0"))
                .toArray(String[]::new));

        private final List<String> options;

        Collector(String... options) {
            this.options = List.of(options);
        }

        /** What sets the size of the young generation for a heap; nothing where the collector knows better. */
        private Stream<String> young(String heap) {
            Matcher size = Pattern.compile("(\\d+)([gm])").matcher(heap);
            if (this != LEAST_WORK || !size.matches()) {
                return Stream.empty();
            }
            int megabytes = Integer.parseInt(size.group(1)) * (size.group(2).equals("g") ? 1024 : 1);
            return Stream.of("-Xmn" + megabytes * 2 / 3 + "m");
        }

        private Stream<String> options(String heap) {
            return Stream.concat(options.stream(), young(heap));
        }
    }

    private static final int ZGC_IS_GENERATIONAL = 23;

    static final List<String> PARTS = List.of("engine", "replay", "heap", "throughput", "latency", "failover");

    /** @throws IllegalArgumentException with what is wrong and what is allowed */
    static Options parse(String[] arguments) {
        Options options = new Options(List.of(), 200_000, 9, 20, "3g", "", List.of(), 8, Throughput.QUEUES);
        for (String argument : arguments) {
            options = argument.equals("all") ? options.with(PARTS) : options.with(argument);
        }
        return options.parts.isEmpty() ? options.with(PARTS) : options;
    }

    private Options with(List<String> all) {
        return new Options(all, messages, rounds, kills, heap, page, jvm, shards, sides);
    }

    private Options with(String argument) {
        if (PARTS.contains(argument)) {
            return with(join(parts, argument));
        }
        int equals = argument.indexOf('=');
        String name = equals < 0 ? argument : argument.substring(0, equals);
        String value = argument.substring(equals + 1);
        return switch (name) {
            case "--messages" ->
                new Options(parts, Integer.parseInt(value), rounds, kills, heap, page, jvm, shards, sides);
            case "--rounds" ->
                new Options(parts, messages, Integer.parseInt(value), kills, heap, page, jvm, shards, sides);
            case "--kills" ->
                new Options(parts, messages, rounds, Integer.parseInt(value), heap, page, jvm, shards, sides);
            case "--heap" -> new Options(parts, messages, rounds, kills, value, page, jvm, shards, sides);
            case "--page" -> new Options(parts, messages, rounds, kills, heap, value, jvm, shards, sides);
            case "--jvm" -> new Options(parts, messages, rounds, kills, heap, page, join(jvm, value), shards, sides);
            case "--shards" ->
                new Options(parts, messages, rounds, kills, heap, page, jvm, Integer.parseInt(value), sides);
            case "--sides" ->
                new Options(parts, messages, rounds, kills, heap, page, jvm, shards, List.of(value.split(",")));
            default ->
                throw new IllegalArgumentException("Expected parts of " + PARTS + " or all, and --messages=N,"
                        + " --rounds=N, --kills=N, --heap=SIZE, --page=FILE, --jvm=OPTION, --shards=N, --sides=LIST, but got "
                        + argument);
        };
    }

    private static List<String> join(List<String> list, String more) {
        List<String> joined = new ArrayList<>(list);
        joined.add(more);
        return List.copyOf(joined);
    }

    /** Options of each node's JVM. */
    List<String> nodeJvm(Collector collector) {
        return Stream.concat(
                        Stream.of("-Xms" + heap, "-Xmx" + heap), jvm.isEmpty() ? collector.options(heap) : jvm.stream())
                .toList();
    }
}
