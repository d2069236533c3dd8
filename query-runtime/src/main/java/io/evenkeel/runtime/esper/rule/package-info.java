// SPDX-License-Identifier: Apache-2.0
/**
 * What a query may say: the check that a definition passes before it is compiled.
 *
 * <p>A shard's state is a function of the log that is still there (I2), and the log is there for as long as the inputs
 * declare. So a query must not remember more than that. Nor may it leave its sandbox, nor give its matches in an order
 * that chance decides. Each of these borders is a {@linkplain io.evenkeel.runtime.esper.rule.Rule rule}: a row of a table
 * with the reason, the remedy and examples on both sides, from which the documentation is made and which the tests run.
 *
 * <p>The checks go by Esper's object model, never by text, and by lists of what is allowed: whatever is new in Esper is
 * refused until somebody has thought about it. That what they accept is recovered from a trimmed log is not argued but
 * shown, by a property over generated definitions (ReplayPropertyTest).
 *
 * <p>Start reading at {@link io.evenkeel.runtime.esper.rule.DefinitionCheck}.
 */
@NullMarked
package io.evenkeel.runtime.esper.rule;

import org.jspecify.annotations.NullMarked;
