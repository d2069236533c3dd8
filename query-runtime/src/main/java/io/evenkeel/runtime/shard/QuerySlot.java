// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.shard;

import io.evenkeel.query.Event;
import io.evenkeel.query.QueryInput;
import io.evenkeel.query.QueryInstance;
import io.evenkeel.runtime.engine.EmissionSink;
import io.evenkeel.runtime.plan.InputPlan;
import io.evenkeel.runtime.plan.QueryPlan;
import io.evenkeel.runtime.shard.Cause.EventCause;
import io.evenkeel.runtime.shard.Cause.TickCause;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * The instances of one query in one shard: an engine, and the clock that drives it.
 *
 * <p>The clock is the broker's time, or a watermark of source time. Then an event is held until the watermark has passed
 * it, and one that the watermark has passed already is late. What the watermark was stands in the log with each event,
 * each tick and each batch, so that a replay decides the same.
 *
 * <p>Engines are opened by the first event, since most queries see only some of the shards' keys. There is one, until
 * instances throw: those go on in engines of their own, without what they threw at. After any exception an engine is
 * unusable: {@link #reset} and replay.
 */
final class QuerySlot {
    /** The clock of a query that has seen nothing. */
    static final long NEVER = Cause.NO_WATERMARK;

    private final int shard;
    private final int shards;
    private final int column;
    private final QueryPlan plan;
    private final boolean sourceTime;
    private final long withinMs;
    private final List<EngineGroup> groups = new ArrayList<>();
    private final HeldEvents held = new HeldEvents();
    private final @Nullable LocalWatermark local;
    private final Efforts efforts;
    /** The cause that is at work, or was last. */
    private @Nullable LoggedCause atWork;

    private long clock = NEVER;
    private long watermark = NEVER;
    private long late;
    /** Whether engines are to say which instance threw, whatever that costs. */
    private boolean naming;

    /** @param column where {@link Retention} notes what this query saw */
    QuerySlot(int shard, int shards, int column, QueryPlan plan, Stopwatch stopwatch) {
        this.shard = shard;
        this.shards = shards;
        this.column = column;
        this.plan = plan;
        this.sourceTime = plan.definition().sourceTime();
        this.withinMs = plan.definition().inputs().stream()
                .map(QueryInput::within)
                .mapToLong(within -> within == null ? 0 : within.toMillis())
                .max()
                .orElse(0);
        this.local = sourceTime ? new LocalWatermark(plan) : null;
        this.efforts = new Efforts(shard, plan, stopwatch);
    }

    QueryPlan plan() {
        return plan;
    }

    int column() {
        return column;
    }

    /** How long its instances take. */
    Efforts efforts() {
        return efforts;
    }

    /** The engine's time in ms since the epoch, {@link #NEVER} before its first event. */
    long clock() {
        return clock;
    }

    boolean onSourceTime() {
        return sourceTime;
    }

    /** The longest window in time of the query, in ms; 0 if it has windows by number only. */
    long withinMs() {
        return withinMs;
    }

    /** How many keys the engine keeps something for, some of which may have no history any more. */
    int keys() {
        return groups.stream().mapToInt(EngineGroup::keys).max().orElse(0);
    }

    /** The source time that the shard has reached; {@link #NEVER} if it has not, or the query is not on source time. */
    long watermark() {
        return watermark;
    }

    /** Events that came after the query's source time had passed them, since the log's beginning. */
    long late() {
        return late;
    }

    /** Events that wait for the watermark. */
    int held() {
        return held.size();
    }

    /** True if the query waits for a time. */
    boolean hasTimer() {
        return !held.isEmpty() || nextTimer().isPresent();
    }

    /**
     * True if something would happen at a time: a timer, or an event that was held.
     *
     * @param time a watermark, or the broker's time
     */
    boolean isDue(long time) {
        HeldEvents.Held first = held.first();
        if (first != null && isPassed(first.time(), time)) {
            return true;
        }
        OptionalLong timer = nextTimer();
        return timer.isPresent() && timer.getAsLong() <= time;
    }

    private OptionalLong nextTimer() {
        if (groups.size() == 1) {
            return groups.get(0).nextTimer(atWork);
        }
        long next = Long.MAX_VALUE;
        for (EngineGroup group : groups) {
            next = Math.min(next, group.nextTimer(atWork).orElse(Long.MAX_VALUE));
        }
        return next == Long.MAX_VALUE ? OptionalLong.empty() : OptionalLong.of(next);
    }

    /**
     * Whether engines are to be such that say which instance threw, from the next {@link #reset} on.
     *
     * @return true if that is news
     */
    boolean nameInstances(boolean on) {
        boolean news = naming != on;
        naming = on;
        return news;
    }

    /** Discards the engines and all that follows from events; from now on each instance is shown what it may be. */
    void reset(Isolation isolation) {
        close();
        groups.clear();
        Map<Profile, List<QueryInstance>> byProfile = new LinkedHashMap<>();
        plan.instances().stream()
                .sorted(Comparator.comparing(QueryInstance::id))
                .forEach(instance -> byProfile
                        .computeIfAbsent(isolation.profile(instance.id()), profile -> new ArrayList<>())
                        .add(instance));
        byProfile.forEach((profile, instances) -> {
            if (efforts.apart()) {
                instances.forEach(instance -> groups.add(new EngineGroup(profile, List.of(instance))));
            } else {
                groups.add(new EngineGroup(profile, instances));
            }
        });
        atWork = null;
        held.clear();
        if (local != null) {
            local.clear();
        }
        clock = NEVER;
        watermark = NEVER;
        late = 0;
    }

    void close() {
        groups.forEach(EngineGroup::close);
    }

    /**
     * Brings the clock to where it was before a batch, if causes that did so are not in the log any more. They are
     * confirmed, so what comes out of it is not wanted.
     *
     * @param first of the batch
     */
    void resume(LogBatch batch, LoggedCause first, Witness witness) {
        atWork = first;
        if (sourceTime) {
            long reached = batch.clocks().getOrDefault(plan.name(), NEVER);
            if (reached > watermark) {
                raise(reached, witness, EmissionSink.MUTED);
            }
        } else if (clock != NEVER && batch.engineTimeMs() > clock && isDue(batch.engineTimeMs())) {
            advanceTo(batch.engineTimeMs(), EmissionSink.MUTED);
        }
    }

    /** Source time that was reached does not get lost with an engine, even if nothing is left to be shown to the next. */
    void keepWatermark(long reached) {
        watermark = Math.max(watermark, reached);
    }

    /** Moves a query on source time to a watermark; others have none. */
    void advanceToWatermark(Map<String, Long> watermarks, Witness witness, EmissionSink sink) {
        if (sourceTime) {
            raise(watermarks.getOrDefault(plan.name(), NEVER), witness, sink);
        }
    }

    /**
     * Applies a cause.
     *
     * @param queue      that it came from
     * @param engineTime of the shard, ms since the epoch
     */
    void apply(Cause cause, LoggedCause logged, String queue, long engineTime, Witness witness, EmissionSink sink) {
        atWork = logged;
        if (cause instanceof EventCause event) {
            InputPlan input = plan.input(event.event().type().name());
            if (input != null && input.shardOf(event.event(), shards) == shard) {
                if (sourceTime) {
                    applyTimed(input, event, logged, queue, witness, sink);
                } else {
                    show(input, event.event(), logged, engineTime, witness, sink);
                }
                return;
            }
        } else if (cause instanceof TickCause tick) {
            advanceToWatermark(tick.watermarks(), witness, sink);
        }
        if (!sourceTime && clock != NEVER && isDue(engineTime)) {
            advanceTo(engineTime, sink);
        }
    }

    private void applyTimed(
            InputPlan input, EventCause cause, LoggedCause logged, String queue, Witness witness, EmissionSink sink) {
        long time = input.timeOf(cause.event());
        Long marked = cause.watermarks().get(plan.name());
        // Read before this query was there: nobody knew a watermark, so this shard's own has to do.
        long mark = marked == null && local != null ? local.after(input, time) : marked == null ? NEVER : marked;
        long reached = Math.max(mark, watermark);
        if (time < reached) {
            late++;
            witness.late(logged, reached - time);
        } else if (held.isEmpty() && isPassed(time, reached)) {
            show(input, cause.event(), logged, time, witness, sink);
        } else {
            held.hold(logged, input, plan.indexOf(input), cause.event(), time, queue);
            witness.held(logged);
        }
        raise(reached, witness, sink);
    }

    /** With several inputs another event of the same time may still come from another queue, and go before this one. */
    private boolean isPassed(long time, long mark) {
        return time < mark || time == mark && plan.inputs().size() == 1;
    }

    private void raise(long mark, Witness witness, EmissionSink sink) {
        watermark = Math.max(watermark, mark);
        for (HeldEvents.Held first = held.first();
                first != null && isPassed(first.time(), watermark);
                first = held.first()) {
            held.removeFirst();
            witness.released(first.cause());
            show(first.input(), first.event(), first.cause(), first.time(), witness, sink);
        }
        // Before the first event there is nothing to time out, and the clock may begin with that event.
        if (clock != NEVER && watermark > clock) {
            advanceTo(watermark, sink);
        }
    }

    private void show(InputPlan input, Event event, LoggedCause logged, long time, Witness witness, EmissionSink sink) {
        Event aligned = input.align(event);
        boolean admitted = true;
        for (EngineGroup group : groups) {
            group.open(plan, time, atWork, naming);
        }
        advanceTo(time, sink);
        for (EngineGroup group : groups) {
            long start = efforts.start();
            admitted &= group.show(input, aligned, logged, time, atWork, sink);
            efforts.stop(start, group.ids(), aligned, input);
        }
        if (admitted) {
            witness.saw(logged, input, aligned);
        }
    }

    private void advanceTo(long time, EmissionSink sink) {
        clock = time;
        for (EngineGroup group : groups) {
            group.advanceTo(time, atWork, sink);
        }
    }
}
