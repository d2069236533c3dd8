// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.itests;

import static io.evenkeel.itests.kit.ClusterPlan.aCluster;
import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.itests.kit.Cluster;
import io.evenkeel.itests.kit.Evidence;
import io.evenkeel.itests.kit.Machine;
import io.evenkeel.itests.kit.Seed;
import io.evenkeel.itests.kit.SmallDisk;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A broker whose data are on a disk that is really full. Needs to mount a small one, which root may. */
@DisplayName("The broker's disk is full under load:")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class BrokerDiskIT {
    private static final int RATE = 400;
    private static final int EVENTS = 4_000;
    private static final int BEFORE = 800;
    private static final long MOST_SILENCE_MS = 10_000;
    private static final Duration SOON = Duration.ofSeconds(40);
    /** Longer than the time to live of a connection, and than a stalled node may take. */
    private static final Duration FULL = Duration.ofSeconds(8);

    private static final Duration STILL = Duration.ofSeconds(3);
    private static final int DISK_MEGABYTES = 256;
    /** Below what the broker keeps free, and above what it writes until it has noticed. */
    private static final long LITTLE = 40L << 20;

    @RegisterExtension
    static final Evidence EVIDENCE = new Evidence();

    private static final Seed SEED = Seed.ofRun();
    private static SmallDisk disk;
    private static Cluster cluster;

    @BeforeAll
    static void start() {
        System.out.println("repeat: " + SEED.repeat(BrokerDiskIT.class));
        Optional<SmallDisk> mounted = SmallDisk.mount(EVIDENCE.folder().resolve("disk"), DISK_MEGABYTES);
        Machine.require(
                mounted.isPresent()
                        ? Optional.empty()
                        : Optional.of("a small disk to be mounted, but that takes root and the command mount"));
        disk = mounted.orElseThrow();
        try {
            cluster = aCluster()
                    .withBrokerData(disk.folder().resolve("broker"))
                    .withDocuments(Readings.TYPE)
                    .withDocuments(Readings.RUNNING)
                    .withInput(FaultRun.QUEUE, "Reading")
                    .withBatch(100)
                    .withOutput("running")
                    .start(EVIDENCE.folder(), SEED);
        } catch (RuntimeException | Error e) {
            disk.close();
            throw e;
        }
    }

    @AfterAll
    static void stop() {
        if (cluster != null) {
            try {
                cluster.close();
            } finally {
                disk.close();
            }
        }
    }

    @Test
    @Order(1)
    @DisplayName(
            "F11 little is free: publishers and matches wait; when there is room, all goes on, nothing is lost or doubled")
    void shouldHoldBackAndGoOn() {
        FaultRun run = new FaultRun(cluster, "full-", EVENTS, RATE);
        run.awaitPublished(BEFORE);
        disk.fillUntil(LITTLE);
        try {
            awaitStandstill(run);
            cluster.hold("the full disk", FULL);
            assertThat(run.published()).as("published on a full disk").isLessThan(EVENTS);
            assertThat(disk.free()).as("free after all that").isPositive();
        } finally {
            disk.clear();
        }
        judge(run);
    }

    @Test
    @EnabledIfSystemProperty(named = "evenkeel.faults", matches = ".+")
    @Order(2)
    @DisplayName(
            "F11 F10 nothing is free and the broker is killed: it comes back when there is room, nothing is lost or doubled")
    void shouldGoOnAfterKillOnFullDisk() {
        FaultRun run = new FaultRun(cluster, "kill-", EVENTS, RATE);
        run.awaitPublished(BEFORE);
        disk.fillUntil(LITTLE);
        try {
            awaitStandstill(run);
            disk.fillUntil(0);
            cluster.broker().kill();
        } finally {
            disk.clear();
        }
        cluster.broker().restart();
        judge(run);
    }

    /** Wait until nothing more is published and nothing more comes out, which a broker that holds back does after a while. */
    private static void awaitStandstill(FaultRun run) {
        AtomicInteger last = new AtomicInteger(-1);
        AtomicLong sinceNanos = new AtomicLong();
        cluster.await("publisher and matches to stand still", SOON, () -> {
            int now = run.published() + run.matched();
            if (last.getAndSet(now) != now) {
                sinceNanos.set(System.nanoTime());
            }
            return System.nanoTime() - sinceNanos.get() >= STILL.toNanos();
        });
        System.out.println("stood still with " + run.published() + " published, " + run.matched() + " matches, "
                + (disk.free() >> 20) + " MB free");
    }

    private static void judge(FaultRun run) {
        long roomNanos = System.nanoTime();
        run.end();
        run.assertFirstMatch(roomNanos, MOST_SILENCE_MS);
    }
}
