// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.demo.oracle;

/**
 * A flight.
 *
 * @param scheduledMs ms since the epoch
 * @param delay       minutes
 */
public record OracleFlight(String id, long scheduledMs, String origin, String destination, int delay, int distance) {}
