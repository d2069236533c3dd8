// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.hazelcast;

import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import io.evenkeel.runtime.plan.QueryPlan;
import io.evenkeel.runtime.plan.QueryPlans;
import io.evenkeel.runtime.plan.SourceTimes;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.LongSupplier;

/**
 * How far the receivers of the cluster have read, as far as this node knows: the time up to which a tick may go.
 *
 * <p>Two measures. The <em>source time</em> that each input of a query has reached, and the watermarks that were passed
 * with it, only ever rise; all events before it are logged. The
 * <em>ingress time</em> up to which each queue was read is what time by the broker's clock must not pass, or a backlog
 * would look like silence; a queue of which nothing was heard for {@link #STALE_NANOS} does not hold time back any more.
 *
 * <p>Clocks of this node decide only when a tick is sent, never what it does. Thread-safe.
 */
public final class Progress {
    /** Longer than a broker and the grid take to notice that a receiver is gone. */
    static final long STALE_NANOS = 9_000_000_000L;
    /** A message may be on its way to us when its queue seems empty. */
    private static final long IDLE_MARGIN_MS = 150;

    /**
     * What one node tells another.
     *
     * @param brokerMs the broker's clock; 0 if unknown
     * @param queues   ingress time read through, by queue; what was heard from others is not passed on
     * @param passed   watermarks by query that shards were told
     * @param sources  how far the inputs are
     */
    record Report(long brokerMs, SortedMap<String, Long> queues, SortedMap<String, Long> passed, SourceTimes sources) {
        static final Report NONE = new Report(0, new TreeMap<>(), new TreeMap<>(), new SourceTimes());

        void write(ObjectDataOutput out) throws IOException {
            out.writeLong(brokerMs);
            Wire.writeTimes(out, queues);
            Wire.writeTimes(out, passed);
            Wire.writeSources(out, sources);
        }

        static Report read(ObjectDataInput in) throws IOException {
            return new Report(in.readLong(), Wire.readTimes(in), Wire.readTimes(in), Wire.readSources(in));
        }
    }

    private record Heard(long throughMs, long atNanos, boolean own, boolean idle) {}

    private final LongSupplier nanoTime;
    private final Map<String, Heard> queues = new HashMap<>();
    private final SortedMap<String, Long> passed = new TreeMap<>();
    private final SourceTimes sources = new SourceTimes();
    private long brokerOffsetMs = Long.MIN_VALUE;

    public Progress(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /** Notes that a message came in with this ingress time: the broker's clock says at least that now. */
    public synchronized void sawIngress(long ingressMs) {
        if (ingressMs > 0) {
            brokerOffsetMs = Math.max(brokerOffsetMs, ingressMs - nowMs());
        }
    }

    /** Notes that all messages of a queue up to an ingress time, which a receiver of this node took, are logged. */
    public synchronized void readThrough(String queue, long ingressMs) {
        queues.put(queue, new Heard(ingressMs, nanoTime.getAsLong(), true, false));
    }

    /** Notes that a receiver of this node found its queue empty, and will be told of the next message. */
    public synchronized void idle(String queue) {
        Heard heard = queues.get(queue);
        queues.put(queue, new Heard(heard == null ? 0 : heard.throughMs(), nanoTime.getAsLong(), true, true));
    }

    /** Notes that a receiver of this node does not read its queue any more. */
    public synchronized void left(String queue) {
        queues.computeIfPresent(
                queue,
                (name, heard) -> heard.own() ? new Heard(heard.throughMs(), heard.atNanos(), false, false) : heard);
    }

    /** Notes watermarks by query: shards know them, and all events before them are logged. */
    public synchronized void raiseSources(Map<String, Long> known) {
        known.forEach((query, time) -> passed.merge(query, time, Math::max));
    }

    /** Notes how far inputs are; all events up to there are logged. */
    public synchronized void raiseSources(SourceTimes known) {
        sources.merge(known);
    }

    synchronized void merge(Report report) {
        long now = nanoTime.getAsLong();
        report.queues().forEach((queue, through) -> {
            Heard heard = queues.get(queue);
            if (heard == null || !heard.own()) {
                queues.put(queue, new Heard(through, now, false, false));
            }
        });
        sawIngress(report.brokerMs());
        raiseSources(report.passed());
        raiseSources(report.sources());
    }

    synchronized Report report() {
        SortedMap<String, Long> own = new TreeMap<>();
        queues.forEach((queue, heard) -> {
            if (heard.own()) {
                own.put(queue, through(heard));
            }
        });
        long broker = brokerOffsetMs == Long.MIN_VALUE ? 0 : nowMs() + brokerOffsetMs;
        return new Report(broker, own, new TreeMap<>(passed), sources.copy());
    }

    /** How far the inputs of all queries are. A copy. */
    synchronized SourceTimes sources() {
        return sources.copy();
    }

    /** The watermarks of the queries on source time, as far as any is known; the slowest input decides. */
    synchronized SortedMap<String, Long> watermarks(QueryPlans plans) {
        return watermarks(plans, sources::watermark);
    }

    /**
     * The same as a tick may tell it: inputs that were silent for too long do not count.
     *
     * @param untilMs the broker's time up to which all queues were read
     */
    public synchronized SortedMap<String, Long> watermarks(QueryPlans plans, long untilMs) {
        return watermarks(plans, query -> sources.watermark(query, untilMs));
    }

    private SortedMap<String, Long> watermarks(QueryPlans plans, Function<QueryPlan, OptionalLong> reached) {
        SortedMap<String, Long> watermarks = new TreeMap<>();
        for (QueryPlan query : plans.onSourceTime()) {
            long known = passed.getOrDefault(query.name(), Long.MIN_VALUE);
            long watermark = Math.max(known, reached.apply(query).orElse(Long.MIN_VALUE));
            if (watermark > Long.MIN_VALUE) {
                watermarks.put(query.name(), watermark);
            }
        }
        return watermarks;
    }

    /** The broker's time up to which a tick may move shards; 0 if nothing is known of the broker's clock. */
    public synchronized long until() {
        if (brokerOffsetMs == Long.MIN_VALUE) {
            return 0;
        }
        long until = nowMs() + brokerOffsetMs;
        long now = nanoTime.getAsLong();
        for (Heard heard : queues.values()) {
            if (now - heard.atNanos() < STALE_NANOS || heard.idle()) {
                until = Math.min(until, through(heard));
            }
        }
        return until;
    }

    private long through(Heard heard) {
        if (!heard.idle() || brokerOffsetMs == Long.MIN_VALUE) {
            return heard.throughMs();
        }
        return Math.max(heard.throughMs(), nowMs() + brokerOffsetMs - IDLE_MARGIN_MS);
    }

    private long nowMs() {
        return nanoTime.getAsLong() / 1_000_000;
    }
}
