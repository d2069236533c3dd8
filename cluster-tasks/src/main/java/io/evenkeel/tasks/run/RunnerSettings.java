// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.tasks.run;

import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;

/**
 * How a node does its part.
 *
 * @param minimum            nodes without which nothing is done
 * @param labels             what this node is good for
 * @param redistributeAfter  so long a pinned task waits for its node
 * @param look               how often it looks what is to be done
 * @param sure               so long it trusts what it saw; less than the grid takes to remove a node that is silent
 * @param suspectAfter       so long a node may be silent before others give it nothing new
 * @param rehab              so long one that was silent or dead must be there before it is given anything
 * @param keep               how long jobs that have ended, and what was deleted, are remembered
 */
public record RunnerSettings(
        int minimum,
        Set<String> labels,
        Duration redistributeAfter,
        Duration look,
        Duration sure,
        Duration suspectAfter,
        Duration rehab,
        Duration keep) {
    public RunnerSettings {
        labels = Set.copyOf(new TreeSet<>(labels));
        if (sure.compareTo(look) <= 0) {
            throw new IllegalArgumentException("Expected look to be less than sure. look=" + look + " sure=" + sure);
        }
    }

    /** As nodes have it: sure for three seconds, since the grid removes a silent node after five. */
    public static RunnerSettings of(int minimum, Set<String> labels, Duration redistributeAfter) {
        return new RunnerSettings(
                minimum,
                labels,
                redistributeAfter,
                Duration.ofMillis(300),
                Duration.ofSeconds(3),
                Duration.ofSeconds(4),
                Duration.ofSeconds(5),
                Duration.ofDays(7));
    }
}
