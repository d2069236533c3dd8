// SPDX-License-Identifier: Apache-2.0
/**
 * Whether each match came, once and in order: what the demo and the drill end with.
 *
 * <p>{@link io.evenkeel.correlator.verdict.Comparison} decides; it knows neither cluster nor broker. What it compares are
 * matches that somebody else computed, and those that {@link io.evenkeel.correlator.verdict.MatchCollection} has read.
 */
@NullMarked
package io.evenkeel.correlator.verdict;

import org.jspecify.annotations.NullMarked;
