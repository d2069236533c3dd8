// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.itests.mixer;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** What can befall a running cluster: which part of it, and for how long. A part suffers one fault at a time. */
enum Fault {
    /** {@code kill -9}, and its start. */
    KILL_NODE(Part.NODES, 1_000, 8_000),
    /** SIGSTOP and SIGCONT; the others give up on it after a while. */
    FREEZE_NODE(Part.NODES, 1_000, 15_000),
    /** SIGTERM, and its start. */
    STOP_NODE(Part.NODES, 0, 3_000),

    /** {@code kill -9}, and its start. */
    KILL_BROKER(Part.BROKER, 0, 4_000),
    /** SIGSTOP and SIGCONT. */
    FREEZE_BROKER(Part.BROKER, 1_000, 5_000),

    /** Latency, and pieces that stand still, between nodes and broker. */
    SLOW_NETWORK(Part.NETWORK, 2_000, 10_000),

    /** A definition is put, edited or deleted, through any node. */
    CHANGE_CATALOG(Part.CATALOG, 0, 0),

    /** A recent event again, under its id. */
    PUBLISH_AGAIN(Part.INPUT, 0, 0),
    /** A message that cannot be processed. */
    PUBLISH_GARBAGE(Part.INPUT, 0, 0),

    /** The consumer of matches takes nothing. */
    PAUSE_CONSUMER(Part.OUTPUT, 1_000, 8_000);

    /** What suffers one fault at a time, with how long it is left in peace after each. */
    enum Part {
        /** With one backup, two nodes hurt at once lose history by design. */
        NODES(500, 5_000),
        BROKER(5_000, 25_000),
        NETWORK(5_000, 20_000),
        CATALOG(200, 3_000),
        INPUT(100, 1_500),
        OUTPUT(5_000, 25_000);

        private final int leastPeaceMs;
        private final int mostPeaceMs;

        Part(int leastPeaceMs, int mostPeaceMs) {
            this.leastPeaceMs = leastPeaceMs;
            this.mostPeaceMs = mostPeaceMs;
        }

        Duration peace(Random random) {
            return between(leastPeaceMs, mostPeaceMs, random);
        }

        /** What can befall it. */
        List<Fault> faults() {
            return Arrays.stream(Fault.values())
                    .filter(fault -> fault.part == this)
                    .toList();
        }
    }

    private final Part part;
    private final int leastMs;
    private final int mostMs;

    Fault(Part part, int leastMs, int mostMs) {
        this.part = part;
        this.leastMs = leastMs;
        this.mostMs = mostMs;
    }

    /** What suffers it. */
    Part part() {
        return part;
    }

    /** How long it lasts before it is healed. */
    Duration length(Random random) {
        return between(leastMs, mostMs, random);
    }

    private static Duration between(int leastMs, int mostMs, Random random) {
        return Duration.ofMillis(leastMs + random.nextInt(mostMs - leastMs + 1));
    }
}
