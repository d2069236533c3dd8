// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.esper;

import com.espertech.esper.common.client.soda.AnnotationAttribute;
import com.espertech.esper.common.client.soda.AnnotationPart;
import com.espertech.esper.common.client.soda.BetweenExpression;
import com.espertech.esper.common.client.soda.EPStatementObjectModel;
import com.espertech.esper.common.client.soda.RelationalOpExpression;
import com.espertech.esper.common.client.soda.Stream;
import io.evenkeel.runtime.esper.rule.ModelWalk;
import io.evenkeel.runtime.esper.rule.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Keeps Esper from orders that hang on the identity of objects (I2). Rows of groups need nothing: they come out of a hash map
 * that is made for each update, and so in an order that follows from their keys.
 */
final class StableOrder {
    /**
     * Esper's index of joined events by a range keeps them in sets that are ordered by identity, if equality is compared as
     * well; and it breaks when the value that it compares with is null.
     */
    private static final String NO_RANGE_INDEX = "exclude_plan(opname='relop')";

    private StableOrder() {}

    static void apply(Statement statement) {
        EPStatementObjectModel model = statement.model();
        if (!statement.selects()) {
            return;
        }
        if (comparesRanges(model)) {
            List<AnnotationPart> annotations =
                    model.getAnnotations() == null ? new ArrayList<>() : new ArrayList<>(model.getAnnotations());
            annotations.add(new AnnotationPart("Hint", List.of(new AnnotationAttribute("value", NO_RANGE_INDEX))));
            model.setAnnotations(annotations);
        }
    }

    /** True if several streams, or subqueries, could be compared by a range. */
    private static boolean comparesRanges(EPStatementObjectModel model) {
        AtomicInteger streams = new AtomicInteger();
        ModelWalk.each(model, Stream.class, stream -> streams.incrementAndGet());
        AtomicBoolean range = new AtomicBoolean();
        ModelWalk.each(model, BetweenExpression.class, between -> range.set(true));
        ModelWalk.each(model, RelationalOpExpression.class, compared -> {
            if (!Set.of("=", "!=", "is", "is not").contains(compared.getOperator())) {
                range.set(true);
            }
        });
        return streams.get() > 1 && range.get();
    }
}
