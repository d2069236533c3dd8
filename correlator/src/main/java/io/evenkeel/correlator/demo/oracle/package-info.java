// SPDX-License-Identifier: Apache-2.0
/**
 * What the demo's queries must give, found in another way: one thread, one Esper runtime with one clock, no shards, no
 * log, no generated context. It has nothing in common with the runtime but Esper itself, so a mistake in the runtime's
 * treatment of keys, windows or time cannot hide on both sides.
 */
@NullMarked
package io.evenkeel.correlator.demo.oracle;

import org.jspecify.annotations.NullMarked;
