// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.client;

/**
 * What a node said of a change.
 *
 * @param state   such as {@code APPLIED} or {@code FAILED}
 * @param error   class of what went wrong; empty: nothing
 * @param message in words; empty: nothing went wrong
 */
public record NodeOutcome(String node, String state, String error, String message) {}
