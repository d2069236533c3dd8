// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.itests;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.itests.kit.ObservedCluster;
import io.evenkeel.itests.kit.Publishing;
import io.evenkeel.itests.kit.ReceivedMatch;
import io.evenkeel.itests.kit.Verdict;
import java.time.Duration;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/**
 * Load on the queue {@code readings}, with keys of its own, while faults happen; then its verdict. Several runs may follow
 * each other on one cluster.
 */
final class FaultRun {
    static final String QUEUE = "readings";
    private static final int KEYS = 40;
    private static final Duration LONG = Duration.ofSeconds(60);

    private final ObservedCluster<?> cluster;
    private final String prefix;
    private final Readings readings = new Readings();
    private final Publishing publishing;
    private final Duration limit;

    /** @param prefix of the keys, begins those of no other run on the cluster. @param rate events per second */
    FaultRun(ObservedCluster<?> cluster, String prefix, int events, int rate) {
        this(
                cluster,
                prefix,
                IntStream.range(0, KEYS).mapToObj(key -> prefix + key).toList(),
                events,
                rate);
    }

    /** @param keys to choose from; they begin with the prefix */
    FaultRun(ObservedCluster<?> cluster, String prefix, List<String> keys, int events, int rate) {
        this.cluster = cluster;
        this.prefix = prefix;
        this.limit = LONG.plusSeconds(events / rate);
        this.publishing = cluster.publishing(
                QUEUE, readings.lines(keys, events, cluster.seed().random(prefix)), rate);
    }

    /** Wait until so many events are with the broker, or all. */
    void awaitPublished(int asked) {
        int count = Math.min(asked, readings.published());
        cluster.await(
                count + " published events of " + publishing.published(), limit, () -> publishing.published() >= count);
    }

    /** Wait until events that are published from now on give matches. */
    void awaitProgress() {
        int count = publishing.published() + KEYS;
        awaitPublished(count);
        cluster.await(
                "matches of what is published now", limit, () -> matched() >= Math.min(count, readings.published()));
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

    /** Wait until all is published and all queues are empty, and compare, whatever was lost on the way. */
    Verdict whatIsLeft() {
        publishing.await(limit);
        cluster.awaitDrained();
        return cluster.judge(readings.published(), readings.running(), matches());
    }

    /** Wait for a match of each event, all of them persistent, and empty queues, and compare; whoever asks decides. */
    Verdict outcome() {
        publishing.await(limit);
        cluster.awaitCount("a match of each event of run " + prefix, readings.published(), limit, matches());
        cluster.awaitDrained();
        assertThat(cluster.matches().stream().filter(matches()).filter(match -> !match.persistent()))
                .as("N15 matches that are not persistent")
                .isEmpty();
        return cluster.judge(readings.published(), readings.running(), matches());
    }
}
