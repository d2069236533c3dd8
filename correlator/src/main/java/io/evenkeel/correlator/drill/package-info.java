// SPDX-License-Identifier: Apache-2.0
/**
 * A drill: a node of a running cluster is killed or frozen on purpose, while events of the drill's own pass through it, and
 * each match is accounted for.
 *
 * <p>The events have a type that only the drill's query reads, so nobody else's matches change; type and query go with the
 * drill. What is hurt is a process of this host, and only if it is, beyond doubt, the node that the cluster says it is
 * ({@link io.evenkeel.correlator.drill.Victim}).
 *
 * <p>Start reading at {@link io.evenkeel.correlator.drill.Drill#run}.
 */
@NullMarked
package io.evenkeel.correlator.drill;

import org.jspecify.annotations.NullMarked;
