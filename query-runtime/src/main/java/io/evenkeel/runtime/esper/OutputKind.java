// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.esper;

/**
 * What an engine must know of the statement that gives the matches.
 *
 * @param delayed   it holds rows back (an output rate); these are made before they are emitted, so it must be listened to
 *                  even while nothing is wanted
 * @param unordered rows of one update come out of a hash map of groups; their order means nothing and is made canonical
 */
record OutputKind(boolean delayed, boolean unordered) {

    static OutputKind of(Statement output) {
        return new OutputKind(
                output.model().getOutputLimitClause() != null,
                output.model().getGroupByClause() != null && output.model().getOrderByClause() == null);
    }
}
