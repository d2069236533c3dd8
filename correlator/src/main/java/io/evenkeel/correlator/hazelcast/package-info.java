// SPDX-License-Identifier: Apache-2.0
/**
 * The parts of a node that stand on the grid: the register of the catalog, which is one value under one key that changes
 * by comparing and replacing, the way of its questions to other nodes, and what each node tells the others about itself.
 *
 * <p>Entry points: {@link io.evenkeel.correlator.hazelcast.GridCatalog}, {@link
 * io.evenkeel.correlator.hazelcast.GridView}.
 */
@NullMarked
package io.evenkeel.correlator.hazelcast;

import org.jspecify.annotations.NullMarked;
