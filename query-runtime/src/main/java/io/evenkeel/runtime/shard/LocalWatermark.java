// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.shard;

import io.evenkeel.runtime.plan.InputPlan;
import io.evenkeel.runtime.plan.QueryPlan;
import java.util.Arrays;

/**
 * The watermark as far as one shard can tell from its own events: for the past of a query that was not there when they
 * were read. It is never beyond the cluster's.
 */
final class LocalWatermark {
    private final QueryPlan plan;
    private final long[] reached;

    LocalWatermark(QueryPlan plan) {
        this.plan = plan;
        this.reached = new long[plan.inputs().size()];
        clear();
    }

    /** The watermark after an event of an input. */
    long after(InputPlan input, long time) {
        int index = plan.indexOf(input);
        reached[index] = Math.max(reached[index], time - input.waitMs());
        return Arrays.stream(reached).min().orElse(QuerySlot.NEVER);
    }

    void clear() {
        Arrays.fill(reached, QuerySlot.NEVER);
    }
}
