// SPDX-License-Identifier: Apache-2.0
/**
 * The demo: a broker and several nodes as processes, twenty thousand flights, one node killed in the middle, and every
 * match compared with what a single thread finds.
 *
 * <p>{@link io.evenkeel.correlator.demo.Demo#run} is the story from beginning to end. {@link
 * io.evenkeel.correlator.verdict.Comparison} decides. Every process that the demo
 * starts is ended by its id, whatever happens.
 */
@NullMarked
package io.evenkeel.correlator.demo;

import org.jspecify.annotations.NullMarked;
