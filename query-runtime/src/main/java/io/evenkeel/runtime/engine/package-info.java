// SPDX-License-Identifier: Apache-2.0
/**
 * What a shard asks of an engine: compile a query, run its instances, fire timers when told the time. No type of any
 * engine appears here; {@code io.evenkeel.runtime.esper} is the one behind it.
 */
@NullMarked
package io.evenkeel.runtime.engine;

import org.jspecify.annotations.NullMarked;
