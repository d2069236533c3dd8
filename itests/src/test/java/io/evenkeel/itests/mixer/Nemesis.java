// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.itests.mixer;

import io.evenkeel.itests.kit.Cluster;
import io.evenkeel.itests.kit.NodeProcess;
import io.evenkeel.itests.kit.Publishing;
import io.evenkeel.itests.mixer.Fault.Part;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Inflicts faults on all parts of a cluster at once, and heals each: a thread for each part, which draws its faults, victims
 * and lengths from a sequence of its own. So the faults of a part are those of the seed, whatever the others do; what moves
 * is when they meet.
 *
 * <p>While it is at work the nodes, the broker and the catalog are its own.
 */
final class Nemesis implements AutoCloseable {
    /** A node may take minutes to come back on a busy machine; after that the run has failed. */
    private static final Duration HEAL_LIMIT = Duration.ofMinutes(6);

    private static final int MOST_DELAY_MS = 200;

    private final Cluster cluster;
    private final Publishing publishing;
    private final Load load;
    private final Strays strays;
    private final CatalogChanges catalog;
    private final Path diary;
    private final ExecutorService threads = Executors.newFixedThreadPool(Part.values().length);
    private final CountDownLatch ended = new CountDownLatch(1);
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private final List<Inflicted> inflicted = new ArrayList<>();

    private record Inflicted(Fault fault, long fromNanos, long toNanos) {}

    /** @param diary a file for what happens when */
    Nemesis(Cluster cluster, Publishing publishing, Load load, Strays strays, CatalogChanges catalog, Path diary) {
        this.cluster = cluster;
        this.publishing = publishing;
        this.load = load;
        this.strays = strays;
        this.catalog = catalog;
        this.diary = diary;
    }

    /** Hurt all parts from now on, until the end. */
    void begin() {
        for (Part part : Part.values()) {
            Random random = cluster.seed().random("mixer " + part);
            threads.execute(() -> hurt(part, random));
        }
    }

    private void hurt(Part part, Random random) {
        try {
            List<Fault> faults = part.faults();
            while (!endsWithin(part.peace(random))) {
                Fault fault = faults.get(random.nextInt(faults.size()));
                long begun = System.nanoTime();
                note("begin " + fault);
                inflict(fault, fault.length(random), random);
                note("end " + fault);
                keep(new Inflicted(fault, begun, System.nanoTime()));
            }
        } catch (RuntimeException | Error e) {
            note("failure " + part + " " + e);
            failure.compareAndSet(null, e);
            ended.countDown();
        }
    }

    private void inflict(Fault fault, Duration length, Random random) {
        switch (fault) {
            case KILL_NODE -> {
                NodeProcess victim = victim(random);
                victim.kill();
                endsWithin(length);
                cluster.restart(victim);
            }
            case FREEZE_NODE -> {
                NodeProcess victim = victim(random);
                victim.freeze();
                endsWithin(length);
                victim.thaw();
                cluster.awaitWhole();
            }
            case STOP_NODE -> {
                NodeProcess victim = victim(random);
                victim.stop();
                endsWithin(length);
                cluster.restart(victim);
            }
            case KILL_BROKER -> {
                cluster.broker().kill();
                endsWithin(length);
                cluster.broker().restart();
            }
            case FREEZE_BROKER -> {
                cluster.broker().freeze();
                endsWithin(length);
                cluster.broker().thaw();
            }
            case SLOW_NETWORK -> {
                cluster.slowBroker(Duration.ofMillis(random.nextInt(MOST_DELAY_MS)), random.nextInt(2));
                endsWithin(length);
                cluster.slowBroker(Duration.ZERO, 0);
            }
            case CHANGE_CATALOG -> catalog.change(random);
            case PUBLISH_AGAIN -> strays.again(load.recent(publishing.published(), random));
            case PUBLISH_GARBAGE -> strays.garbage(random);
            case PAUSE_CONSUMER -> {
                cluster.pauseReading(Comparison.QUEUE, true);
                endsWithin(length);
                cluster.pauseReading(Comparison.QUEUE, false);
            }
        }
    }

    private NodeProcess victim(Random random) {
        NodeProcess victim = cluster.nodes().get(random.nextInt(cluster.nodes().size()));
        // Before the next one is hurt; and who died by itself meanwhile fails the run here.
        cluster.awaitWhole();
        note("  of " + victim.name());
        return victim;
    }

    /** Wait so long, or for the end. @return whether it came */
    private boolean endsWithin(Duration time) {
        try {
            return ended.await(time.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true;
        }
    }

    private synchronized void keep(Inflicted one) {
        inflicted.add(one);
    }

    private synchronized void note(String what) {
        try {
            Files.writeString(
                    diary, Instant.now() + " " + what + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException("Expected to write " + diary + ", but could not", e);
        }
    }

    /** Go on with it for so long. @return whether it does afterwards: false if a part did not heal */
    boolean goesOnFor(Duration time) {
        return !endsWithin(time);
    }

    /** Inflict nothing more; returns when all is healed. Fails if something did not heal, or answered wrongly. */
    void end() {
        boolean healed = stop();
        Throwable found = failure.get();
        if (found != null) {
            throw new AssertionError("Expected each part to heal, but: " + found, found);
        }
        if (!healed) {
            throw new AssertionError("Expected all to be healed within " + HEAL_LIMIT + ", see " + diary);
        }
    }

    private boolean stop() {
        ended.countDown();
        threads.shutdown();
        try {
            return threads.awaitTermination(HEAL_LIMIT.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** How often each fault was inflicted. */
    synchronized Map<Fault, Long> counts() {
        return inflicted.stream().collect(Collectors.groupingBy(Inflicted::fault, TreeMap::new, Collectors.counting()));
    }

    /** What was inflicted, or not healed yet, in a stretch of time. */
    synchronized String during(long fromNanos, long toNanos) {
        return inflicted.stream()
                .filter(one -> one.fromNanos() - toNanos < 0 && one.toNanos() - fromNanos > 0)
                .map(one -> one.fault().name())
                .distinct()
                .collect(Collectors.joining("+"));
    }

    @Override
    public void close() {
        if (!stop()) {
            threads.shutdownNow();
        }
    }
}
