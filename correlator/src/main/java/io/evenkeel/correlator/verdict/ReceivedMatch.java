// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.verdict;

/**
 * A match that came.
 *
 * @param nanos when, by the monotonic clock of this process
 * @param id    the property evenkeelMatchId
 * @param body  of the message, JSON
 */
public record ReceivedMatch(long nanos, String id, String query, String instance, String key, String body) {}
