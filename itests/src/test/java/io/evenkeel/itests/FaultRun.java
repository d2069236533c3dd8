// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.itests;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.itests.kit.ObservedCluster;
import io.evenkeel.itests.kit.Publishing;
import io.evenkeel.itests.kit.ReceivedMatch;
import io.evenkeel.itests.kit.Verdict;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/**
 * Load on the queue {@code readings}, with keys of its own, while faults happen; then its verdict. Several runs may follow
 * each other on one cluster.
 *
 * <p>A fault takes as long as the machine makes it take; where the test needs load until something has happened, and not for
 * some seconds, {@linkplain #open it goes on} until it is ended.
 */
final class FaultRun {
    static final String QUEUE = "readings";
    private static final int KEYS = 40;
    private static final Duration LONG = Duration.ofSeconds(60);

    private final ObservedCluster<?> cluster;
    private final String prefix;
    private final Readings readings = new Readings();
    private final Publishing publishing;
    private final int rate;
    /** Whether there are more events than were made so far. */
    private boolean open;

    /** @param prefix of the keys, begins those of no other run on the cluster. @param rate events per second */
    FaultRun(ObservedCluster<?> cluster, String prefix, int events, int rate) {
        this(cluster, prefix, keys(prefix), events, rate);
    }

    /** @param keys to choose from; they begin with the prefix */
    FaultRun(ObservedCluster<?> cluster, String prefix, List<String> keys, int events, int rate) {
        this.cluster = cluster;
        this.prefix = prefix;
        this.rate = rate;
        this.publishing = cluster.publishing(
                QUEUE, readings.lines(keys, events, cluster.seed().random(prefix)), rate);
    }

    private FaultRun(ObservedCluster<?> cluster, String prefix, int rate) {
        this.cluster = cluster;
        this.prefix = prefix;
        this.rate = rate;
        this.open = true;
        this.publishing = cluster.publishing(
                QUEUE, readings.endless(keys(prefix), cluster.seed().random(prefix)), rate);
    }

    /** Load that goes on until {@link #endLoad}, or until the verdict is asked for. */
    static FaultRun open(ObservedCluster<?> cluster, String prefix, int rate) {
        return new FaultRun(cluster, prefix, rate);
    }

    private static List<String> keys(String prefix) {
        return IntStream.range(0, KEYS).mapToObj(key -> prefix + key).toList();
    }

    /** Wait until so many events are with the broker, or all if the load has an end. */
    void awaitPublished(int asked) {
        int count = open ? asked : Math.min(asked, readings.published());
        cluster.await(
                count + " published events of " + publishing.published(),
                limit(),
                () -> publishing.published() >= count);
    }

    /** Wait until events that are published from now on give matches. */
    void awaitProgress() {
        int count = publishing.published() + KEYS;
        awaitPublished(count);
        cluster.await(
                "matches of what is published now", limit(), () -> matched() >= Math.min(count, readings.published()));
    }

    /** Publish nothing more, if the load has no end of its own; returns when all that there was is with the broker. */
    void endLoad() {
        if (open) {
            publishing.end();
        }
        publishing.await(limit());
        open = false;
    }

    /** For what the load of so many events takes, and whatever a busy machine adds. */
    private Duration limit() {
        return LONG.plusSeconds(readings.published() / rate);
    }

    int published() {
        return publishing.published();
    }

    /** Whether a match belongs to this run. */
    Predicate<ReceivedMatch> matches() {
        return match -> match.instance().equals(Readings.RUNNING_INSTANCE)
                && match.key().startsWith(prefix);
    }

    int matched() {
        return (int) cluster.matches().stream().filter(matches()).count();
    }

    /** Wait for all matches and empty queues; fail if any is lost, doubled, invented or out of order. */
    Verdict end() {
        Verdict verdict = outcome();
        assertThat(verdict.complete()).as("%s", verdict).isTrue();
        assertThat(verdict.disorder()).as("%s", verdict).isEmpty();
        return verdict;
    }

    /** {@link #end} after a time without a broker; fail also if no match came within so many ms after one served again. */
    void endAfterReturn(long goneNanos, long backNanos, long mostMs) {
        end();
        System.out.println("served again after " + TimeUnit.NANOSECONDS.toMillis(backNanos - goneNanos) + " ms");
        assertFirstMatch(backNanos, mostMs);
    }

    /** Fail if no match came within so many ms after the instant from which on all could go on. */
    void assertFirstMatch(long backNanos, long mostMs) {
        long silence = cluster.firstAfter(backNanos, matches());
        System.out.println("first match after all could go on: " + silence + " ms, seed=" + cluster.seed());
        assertThat(silence).as("ms until the first match").isLessThanOrEqualTo(mostMs);
    }

    /** Fail if matches stayed away for longer before, during or after the fault. */
    void assertSilence(long mostMs) {
        assertSilenceOutside(0, 0, mostMs);
    }

    /** The same, less the time between two instants at which no broker could have served. */
    void assertSilenceOutside(long goneNanos, long backNanos, long mostMs) {
        long silence = cluster.silenceOutside(goneNanos, backNanos, matches());
        System.out.println("longest silence beside " + TimeUnit.NANOSECONDS.toMillis(backNanos - goneNanos)
                + " ms that are excused: " + silence + " ms, seed=" + cluster.seed());
        assertThat(silence).as("longest silence in ms").isLessThanOrEqualTo(mostMs);
    }

    /** Wait until all is published and all queues are empty, and compare, whatever was lost on the way. */
    Verdict whatIsLeft() {
        endLoad();
        cluster.awaitDrained();
        return cluster.judge(readings.published(), readings.running(), matches());
    }

    /** Wait for a match of each event, all of them persistent, and empty queues, and compare; whoever asks decides. */
    Verdict outcome() {
        endLoad();
        cluster.awaitCount("a match of each event of run " + prefix, readings.published(), limit(), matches());
        cluster.awaitDrained();
        assertThat(cluster.matches().stream().filter(matches()).filter(match -> !match.persistent()))
                .as("N15 matches that are not persistent")
                .isEmpty();
        return cluster.judge(readings.published(), readings.running(), matches());
    }
}
