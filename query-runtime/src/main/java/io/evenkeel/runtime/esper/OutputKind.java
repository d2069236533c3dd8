// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.esper;

import com.espertech.esper.common.client.soda.PatternStream;
import io.evenkeel.runtime.esper.rule.Statement;

/**
 * What an engine must know of the statement that gives the matches.
 *
 * @param delayed   it holds rows back (an output rate); these are made before they are emitted, so it must be listened to
 *                  even while nothing is wanted
 * @param unordered matches of a pattern that one event completes come in the order of the index of filters; it means
 *                  nothing and is made canonical. Other rows are in an order of their own, see {@link StableOrder}
 */
record OutputKind(boolean delayed, boolean unordered) {

    static OutputKind of(Statement output) {
        return new OutputKind(
                output.model().getOutputLimitClause() != null,
                output.model().getFromClause().getStreams().stream().anyMatch(PatternStream.class::isInstance));
    }
}
