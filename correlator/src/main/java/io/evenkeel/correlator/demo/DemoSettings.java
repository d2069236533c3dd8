// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.demo;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;

/**
 * What the demo is to do.
 *
 * @param home  root of the project; its folder {@code demo} has flights and definitions
 * @param nodes how many, at least one
 * @param kill  whether to kill one in the middle; needs {@value #FEWEST_FOR_A_KILL}: fewer would be left than commit anything
 * @param keep  whether to leave all running afterwards
 * @param rate  the most flights per second; 0: no limit
 */
public record DemoSettings(Path home, int nodes, boolean kill, boolean keep, int rate) {
    /** A majority and one more. */
    public static final int FEWEST_FOR_A_KILL = 3;

    public DemoSettings {
        requireNonNull(home, "home");
        if (nodes < 1 || rate < 0 || (kill && nodes < FEWEST_FOR_A_KILL)) {
            throw new IllegalArgumentException(
                    "Expected nodes >= 1, three of them if one is to be killed, and rate >= 0, but nodes=" + nodes
                            + " kill=" + kill + " rate=" + rate);
        }
    }
}
