// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.esper;

import com.espertech.esper.common.client.soda.EPStatementObjectModel;
import com.espertech.esper.common.client.soda.Expression;
import com.espertech.esper.common.client.soda.Expressions;
import com.espertech.esper.common.client.soda.Filter;
import com.espertech.esper.common.client.soda.FilterStream;
import io.evenkeel.runtime.esper.rule.PlainStatements;
import io.evenkeel.runtime.esper.rule.Statement;
import org.jspecify.annotations.Nullable;

/**
 * Makes the condition of a statement that looks at one event at a time the filter of its stream. It means the same there,
 * and Esper has an index of filters: an event then finds the few of a thousand instances that it concerns.
 */
final class IndexedFilters {
    private IndexedFilters() {}

    static void apply(Statement statement) {
        EPStatementObjectModel model = statement.model();
        if (statement.selects() && PlainStatements.isPlain(model)) {
            move(model);
        }
    }

    /** Of a statement that reads one stream, and whose condition depends on the event alone. */
    static void move(EPStatementObjectModel model) {
        if (model.getWhereClause() == null) {
            return;
        }
        Filter filter = ((FilterStream) model.getFromClause().getStreams().get(0)).getFilter();
        @Nullable Expression before = filter.getFilter();
        filter.setFilter(before == null ? model.getWhereClause() : Expressions.and(before, model.getWhereClause()));
        model.setWhereClause(null);
    }
}
