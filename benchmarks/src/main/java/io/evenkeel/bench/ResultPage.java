// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.LocalDate;

/** Writes what was measured as a page of the documentation. */
final class ResultPage {
    private static final String METHOD = """
            ## Method

            All in one run on one machine, so that ratios mean something. Broker, bare consumer and each node are JVMs of
            their own; publisher and consumer of matches live in the JVM that measures. The journal is synced, messages are
            persistent, nodes talk to the broker over TCP on loopback.

            - **Events** are 100 bytes of JSON over 10,000 keys. The query is `select k, t, sum(v) as total from Reading
              having sum(v) > ?:above`, keyed by `k`, `within: 10 seconds`, one instance, 8 shards unless
              `--shards` says otherwise.
            - **throughput**: the queue is paused, filled (not timed), resumed, and timed from the first to the last tenth of
              it by the broker's count of acknowledged messages. In turn: (a) a bare consumer, one transacted session,
              batches of 1,000, the same client settings; (b) one node, no backups; (c) two nodes, one backup. All stay
              alive all the time; sixteen rounds for the compilers come first. A ratio is of two neighbours in one round; one
              event in 1,000 matches. CPU per event hardly depends on what else the machine does.
            - **latency**: from when an event was *due* at the publisher (which commits what is due, about every
              two milliseconds) until its match is with the consumer, two nodes and one backup, at a third of rate (c); every
              tenth event matches. In turn with a bare receiver in place of the nodes, which passes on what matches and does
              nothing else: what broker, publisher, consumer and machine take without us.
            - **failover**: three nodes, one backup, 1,000 events/s. From `kill -9` of the receiving node until the first
              match of an event that was published after it; the first after 120 s, each other one 15 s after the one before
              is back.
            - **Nodes** have a heap of 3 GB unless `--heap` says otherwise, history store and match feed as by default, and for
              throughput the parallel collector with two thirds of the heap for what is young, for latency and failover G1
              with short pauses (`--jvm`).
            - **engine**: one engine on one thread, CPU time, a million events and more in rounds that take turns: a filter
              with one instance and with 1,000, of which a few match; a keyed sum and a sequence with an Esper partition
              for each of 10,000 keys, as all queries had them once, and without.
            - **heap**: difference of used heap, after collections, between 10,000 and 210,000 keys in the engine; and of a
              million keys with one event each in 32 shards with their logs.
            - **replay**: `Shard.claim` of 32 shards from a log in memory, 640,000 events in batches of about 31, one thread.
            """;

    private ResultPage() {}

    static void write(Path page, Report report, String command, String loadBefore, Clock clock) throws IOException {
        StringBuilder text = new StringBuilder("# Speed\n\n");
        text.append("Measured on ")
                .append(LocalDate.now(clock))
                .append(" with `")
                .append(command)
                .append("` on ");
        text.append(Machine.describe())
                .append(".\nLoad averages before it ")
                .append(loadBefore)
                .append(", after it ");
        text.append(Machine.load()).append(".\n\n");
        text.append(report.table()).append('\n');
        report.notes().forEach(note -> text.append("- ").append(note).append('\n'));
        text.append('\n').append(METHOD);
        Files.writeString(page, text);
    }
}
