// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.catalog;

import static java.util.Objects.requireNonNull;

import java.time.Duration;

/**
 * How long things may take. Every wait of a change has one of these bounds.
 *
 * @param safe    for the cluster to become safe before a change begins
 * @param prepare from the request to the decision; of those that are decided together, what the latest has left
 * @param apply   from the decision to the answer; also for a node to follow by itself
 * @param minimum nodes that must have a committed change on their disks before it is answered
 */
public record ChangeLimits(Duration safe, Duration prepare, Duration apply, int minimum) {
    public ChangeLimits {
        requireNonNull(safe, "safe");
        requireNonNull(prepare, "prepare");
        requireNonNull(apply, "apply");
    }

    /** The limits of a node. @param minimum nodes without which nothing commits */
    public static ChangeLimits ofCluster(int minimum) {
        return new ChangeLimits(Duration.ofSeconds(3), Duration.ofSeconds(60), Duration.ofSeconds(30), minimum);
    }
}
