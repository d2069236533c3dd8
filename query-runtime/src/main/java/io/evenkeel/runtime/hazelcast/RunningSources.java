// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.hazelcast;

import io.evenkeel.query.Event;
import io.evenkeel.runtime.plan.InputPlan;
import io.evenkeel.runtime.plan.QueryPlan;
import io.evenkeel.runtime.plan.QueryPlans;
import io.evenkeel.runtime.plan.SourceTimes;
import io.evenkeel.runtime.shard.Cause;
import io.evenkeel.runtime.shard.Cause.EventCause;
import java.util.HashMap;
import java.util.Map;
import java.util.SortedMap;

/**
 * Source time while a batch is split: each event is marked with the watermark as of its place in the queue. So what is
 * late does not depend on how the batch falls into shards.
 *
 * <p>A shard gets all events of the batch that came before one of its own in one append with it, hence may trust the
 * mark. Other shards must not hear of it before the whole batch is logged: then {@link #reached} is for everybody.
 */
final class RunningSources {
    private final QueryPlans plans;
    private final SortedMap<String, Long> watermarks;
    private final SourceTimes running;
    private final SourceTimes reached = new SourceTimes();

    /** @param watermarks known before the batch */
    RunningSources(QueryPlans plans, SortedMap<String, Long> watermarks, SourceTimes known) {
        this.plans = plans;
        this.watermarks = watermarks;
        this.running = known;
    }

    /** The cause with what is known of source time after it; itself if no query on source time reads it. */
    EventCause mark(EventCause cause) {
        Event event = cause.event();
        if (plans.advancedBy(event.type().name()).isEmpty()) {
            return cause;
        }
        running.saw(plans, event, cause.ingressMs());
        reached.saw(plans, event, cause.ingressMs());
        Map<String, Long> marks = new HashMap<>();
        for (InputPlan input : plans.inputsOf(event.type().name())) {
            QueryPlan query = plans.queries().get(input.query());
            if (query != null && input.input().time() != null) {
                marks.put(
                        input.query(),
                        Math.max(
                                watermarks.getOrDefault(input.query(), Cause.NO_WATERMARK),
                                running.watermark(query).orElse(Cause.NO_WATERMARK)));
            }
        }
        return marks.isEmpty() ? cause : cause.at(marks);
    }

    /** How far the batch brought the inputs. */
    SourceTimes reached() {
        return reached;
    }
}
