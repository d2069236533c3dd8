// SPDX-License-Identifier: Apache-2.0
/**
 * Runs queries on Esper. The only package that sees Esper's types.
 *
 * <p>An author writes plain EPL. {@link io.evenkeel.runtime.esper.EsperQueryCompiler} reads it into Esper's statement
 * object model and adds there what a definition declares: the key becomes a keyed context on each statement, declared
 * windows go onto streams that have none, parameters get their types. Text is never edited. All instances of a query are
 * deployments of one compiled unit in one runtime, told apart by their substitution values.
 *
 * <p>Esper may leak results after an exception, takes time backwards without a word and orders simultaneous timers by
 * the capacity of a hash map. {@link io.evenkeel.runtime.esper.EsperEngine} is where this ends: it refuses, discards and
 * sorts, so that nothing of it reaches a shard.
 */
@NullMarked
package io.evenkeel.runtime.esper;

import org.jspecify.annotations.NullMarked;
