// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.demo;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;

/**
 * What the demo is to do.
 *
 * @param home  root of the project; its folder {@code demo} has flights and definitions
 * @param nodes how many, at least one
 * @param kill  whether to kill one in the middle; needs two
 * @param keep  whether to leave all running afterwards
 * @param rate  the most flights per second; 0: no limit
 */
public record DemoSettings(Path home, int nodes, boolean kill, boolean keep, int rate) {
    public DemoSettings {
        requireNonNull(home, "home");
        if (nodes < 1 || rate < 0 || (kill && nodes < 2)) {
            throw new IllegalArgumentException(
                    "Expected nodes >= 1, two of them if one is to be killed, and rate >= 0, but" + " nodes=" + nodes
                            + " kill=" + kill + " rate=" + rate);
        }
    }
}
