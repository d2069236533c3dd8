// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.shard;

import io.evenkeel.query.Event;
import io.evenkeel.query.InstanceId;
import io.evenkeel.query.QueryInstance;
import io.evenkeel.runtime.engine.EmissionSink;
import io.evenkeel.runtime.engine.Engine;
import io.evenkeel.runtime.plan.InputPlan;
import io.evenkeel.runtime.plan.QueryPlan;
import io.evenkeel.runtime.shard.Cause.EventCause;
import io.evenkeel.runtime.shard.Cause.TickCause;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The instances of one query in one shard: an engine, and the clock that drives it.
 *
 * <p>The engine is opened by the first event, since most queries see only some of the shards' keys. After any exception
 * the engine is unusable: {@link #reset} and replay.
 */
final class QuerySlot {
    /** The clock of a query that has seen nothing. */
    static final long NEVER = Long.MIN_VALUE;

    private final int shard;
    private final int shards;
    private final int column;
    private final QueryPlan plan;
    private final Set<InstanceId> excluded = new TreeSet<>();
    private @Nullable Engine engine;
    private long clock = NEVER;
    private long late;

    /** @param column where {@link Retention} notes what this query saw */
    QuerySlot(int shard, int shards, int column, QueryPlan plan) {
        this.shard = shard;
        this.shards = shards;
        this.column = column;
        this.plan = plan;
    }

    QueryPlan plan() {
        return plan;
    }

    int column() {
        return column;
    }

    /** The query's time in ms since the epoch, {@link #NEVER} before its first event. */
    long clock() {
        return clock;
    }

    /** Events that came after the query's source time had passed them, since the log's beginning. */
    long late() {
        return late;
    }

    /** When the earliest timer is due, in the query's time. */
    OptionalLong nextTimer() {
        return engine == null ? OptionalLong.empty() : engine.nextTimer();
    }

    /** Discards the engine and all that follows from events; instances in {@code without} are left out from now on. */
    void reset(Set<InstanceId> without) {
        close();
        excluded.clear();
        excluded.addAll(without);
        clock = NEVER;
        late = 0;
    }

    void close() {
        if (engine != null) {
            engine.close();
            engine = null;
        }
    }

    /** Moves a query on source time to a watermark; others have no watermark. */
    void advanceToWatermark(Map<String, Long> watermarks, EmissionSink sink) {
        if (plan.definition().sourceTime()) {
            Long watermark = watermarks.get(plan.name());
            // Before the first event there is nothing to time out, and the clock may begin with that event.
            if (watermark != null && clock != NEVER && watermark > clock) {
                advanceTo(watermark, sink);
            }
        }
    }

    /**
     * Applies a cause.
     *
     * @param engineTime of the shard, ms since the epoch
     * @return the event as an input of this query; null if it is none, or came too late
     */
    @Nullable
    Event apply(Cause cause, long engineTime, EmissionSink sink) {
        if (cause instanceof EventCause event) {
            InputPlan input = plan.input(event.event().type().name());
            if (input != null && input.shardOf(event.event(), shards) == shard) {
                return applyEvent(input, event.event(), engineTime, sink);
            }
        } else {
            advanceToWatermark(((TickCause) cause).watermarks(), sink);
        }
        if (!plan.definition().sourceTime() && clock != NEVER && timerIsDue(engineTime)) {
            advanceTo(engineTime, sink);
        }
        return null;
    }

    private @Nullable Event applyEvent(InputPlan input, Event event, long engineTime, EmissionSink sink) {
        long time = plan.definition().sourceTime() ? input.timeOf(event) : engineTime;
        if (clock != NEVER && time < clock) {
            late++;
            return null;
        }
        if (engine == null) {
            List<QueryInstance> instances = plan.instances().stream()
                    .filter(instance -> !excluded.contains(instance.id()))
                    .toList();
            if (!instances.isEmpty()) {
                engine = plan.compiled().open(instances, time);
            }
        }
        advanceTo(time, sink);
        Event aligned = input.align(event);
        if (engine != null) {
            engine.apply(aligned, sink);
        }
        return aligned;
    }

    private boolean timerIsDue(long time) {
        OptionalLong timer = nextTimer();
        return timer.isPresent() && timer.getAsLong() <= time;
    }

    private void advanceTo(long time, EmissionSink sink) {
        clock = time;
        if (engine != null) {
            engine.advanceTo(time, sink);
        }
    }
}
