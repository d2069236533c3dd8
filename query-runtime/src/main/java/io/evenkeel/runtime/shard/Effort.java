// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.shard;

import static java.util.Objects.requireNonNull;

/**
 * How long a query's instances took in a shard, since this node owns it. Replays are not counted.
 *
 * @param instance name of the instance; {@link #ALL} as long as they are measured together, which they are until one of
 *                 them takes longer than the query's budget for an event
 * @param nanos    by the clock; CPU time if the query has a budget
 */
public record Effort(String query, String instance, long events, long nanos) {
    /** All instances of the query. */
    public static final String ALL = "*";

    public Effort {
        requireNonNull(query, "query");
        requireNonNull(instance, "instance");
    }
}
