// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.querytest;

import io.evenkeel.query.QueryDefinition;
import io.evenkeel.runtime.plan.InputPlan;
import io.evenkeel.runtime.plan.QueryPlan;
import io.evenkeel.runtime.plan.QueryPlans;
import io.evenkeel.runtime.plan.SourceTimes;
import io.evenkeel.runtime.shard.Cause;
import io.evenkeel.runtime.shard.Cause.EventCause;
import io.evenkeel.runtime.shard.Cause.TickCause;
import io.evenkeel.runtime.shard.CauseBlock;
import io.evenkeel.runtime.shard.Match;
import io.evenkeel.runtime.shard.MemoryShardLog;
import io.evenkeel.runtime.shard.Shard;
import io.evenkeel.runtime.shard.ShardRequest;
import io.evenkeel.runtime.shard.ShardSettings;
import io.evenkeel.runtime.shard.ShardStatus;
import io.evenkeel.runtime.shard.Source;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What receivers, router and owner do in a cluster, done in turn: one shard, one batch for each event, and a tick at
 * each instant at which a timer is due. The only class of the kit that speaks the shard's protocol.
 *
 * <p>Two clocks, as in a cluster: events arrive at a time, and queries on source time have a watermark each, which
 * follows what their events say.
 */
final class TrialShard implements AutoCloseable {
    /** The clock of a trial that has not begun. */
    static final long NEVER = Long.MIN_VALUE;

    private final MemoryShardLog log = new MemoryShardLog();
    private final SortedMap<String, Long> watermarks = new TreeMap<>();
    private final SourceTimes sources = new SourceTimes();
    private QueryPlans plans;
    private Shard shard;
    private long now = NEVER;
    private long generation = 1;
    private long batches;
    private long ticks;

    TrialShard(QueryPlans plans) {
        this.plans = plans;
        this.shard = claim();
    }

    private Shard claim() {
        return Shard.claim(0, "trial", log, ShardSettings.DEFAULT, plans);
    }

    /** Loses all state and builds it again from the log, as another node does when this one dies. */
    void restart() {
        shard.close();
        generation++;
        batches = 0;
        shard = claim();
    }

    /** Runs other instances from now on, warm. */
    void reconfigure(QueryPlans next) {
        plans = next;
        shard.reconfigure(next);
    }

    /** When the last event arrived, or to where time was moved; {@link #NEVER} before. */
    long now() {
        return now;
    }

    ShardStatus status() {
        return shard.status();
    }

    /** The time of a query: of arrival, or of its sources. {@link #NEVER} before its first event. */
    long clockOf(QueryDefinition query) {
        return query.sourceTime() ? watermarks.getOrDefault(query.name(), NEVER) : now;
    }

    /** Lets timers fire that are due before an event, then applies it. Its time must not be before {@link #now}. */
    List<TrialMatch> apply(TrialEvent event) {
        SortedMap<String, Long> reached = new TreeMap<>(watermarks);
        sources.saw(plans, event.event(), event.atMs());
        for (QueryPlan query : plans.onSourceTime()) {
            sources.watermark(query, event.atMs()).ifPresent(mark -> reached.merge(query.name(), mark, Math::max));
        }
        List<TrialMatch> matches = new ArrayList<>(pass(event.atMs(), reached));
        now = event.atMs();
        Map<String, Long> marks = new HashMap<>();
        for (InputPlan input : plans.inputsOf(event.event().type().name())) {
            if (input.input().time() != null) {
                marks.put(input.query(), reached.getOrDefault(input.query(), Cause.NO_WATERMARK));
            }
        }
        matches.addAll(send(new EventCause(event.id(), event.id(), event.event(), now, marks), watermarks, reached));
        return matches;
    }

    /** Lets time pass: nothing more comes that arrives, or happened at its source, before this time. */
    List<TrialMatch> advanceTo(long time) {
        SortedMap<String, Long> reached = new TreeMap<>(watermarks);
        sources.byQuery().keySet().forEach(query -> reached.merge(query, time, Math::max));
        return pass(Math.max(now, time), reached);
    }

    /** Moves both clocks, with a tick at each instant on the way at which a timer is due. */
    private List<TrialMatch> pass(long until, SortedMap<String, Long> reached) {
        List<TrialMatch> matches = new ArrayList<>();
        long end = reached.values().stream().reduce(until, Math::max);
        long after = watermarks.values().stream().reduce(now, Math::min) - 1;
        while (after < end && isDue(end, until, reached)) {
            long due = firstDue(after + 1, end, until, reached);
            now = arrivalAt(due, until);
            SortedMap<String, Long> marks = marksAt(due, reached);
            ticks++;
            matches.addAll(send(new TickCause("tick-" + ticks, now, now, marks), marks, marks));
            after = due;
        }
        now = Math.max(now, until);
        watermarks.putAll(reached);
        return matches;
    }

    /** The first instant at which a timer is due. A shard tells only whether one is, so it is looked for by halves. */
    private long firstDue(long from, long end, long until, SortedMap<String, Long> reached) {
        long low = from;
        long high = end;
        while (low < high) {
            long middle = low + (high - low) / 2;
            if (isDue(middle, until, reached)) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low;
    }

    private boolean isDue(long time, long until, SortedMap<String, Long> reached) {
        return shard.timerIsDue(arrivalAt(time, until), marksAt(time, reached));
    }

    private long arrivalAt(long time, long until) {
        return Math.max(now, Math.min(time, until));
    }

    private SortedMap<String, Long> marksAt(long time, SortedMap<String, Long> reached) {
        SortedMap<String, Long> marks = new TreeMap<>(reached);
        marks.replaceAll((query, mark) -> Math.max(watermarks.getOrDefault(query, NEVER), Math.min(mark, time)));
        return marks;
    }

    /**
     * @param before watermarks that come with the cause
     * @param after  watermarks once it is applied: an event raises them behind it
     */
    private List<TrialMatch> send(Cause cause, SortedMap<String, Long> before, SortedMap<String, Long> after) {
        batches++;
        Source source =
                new Source("trial", generation, batches, batches - 1, ShardSettings.DEFAULT.settledAfter(), true);
        List<Match> found = shard.begin(new ShardRequest(0, source, before, CauseBlock.of(List.of(cause))), now)
                .complete()
                .matches();
        watermarks.putAll(after);
        String event = cause instanceof EventCause ? cause.messageId() : "";
        return found.stream().map(match -> trialMatch(match, event)).toList();
    }

    private TrialMatch trialMatch(Match match, String cause) {
        QueryPlan plan = plans.queries().get(match.instance().query());
        long at = plan == null ? now : clockOf(plan.definition());
        return new TrialMatch(match.id(), match.instance(), match.key(), at, cause, match.event(), match.body());
    }

    @Override
    public void close() {
        shard.close();
    }
}
