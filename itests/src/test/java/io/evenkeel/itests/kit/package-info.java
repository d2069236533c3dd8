// SPDX-License-Identifier: Apache-2.0
/**
 * A small language for tests of the whole: a cluster of real processes on a real broker, faults by name, and a verdict
 * over every match that came out.
 *
 * <p>Nothing here is a stand-in. A node is the JVM that a user would start, killed by the operating system; what it did is
 * judged from outside, by what is on the queues, against {@linkplain io.evenkeel.itests.kit.oracle an oracle} that shares
 * no code with it. Every wait has a name and a bound, and tells what it saw when the bound is reached.
 *
 * <p>Start reading at {@link io.evenkeel.itests.kit.Cluster}.
 */
@NullMarked
package io.evenkeel.itests.kit;

import org.jspecify.annotations.NullMarked;
