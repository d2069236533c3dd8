// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.esper;

import com.espertech.esper.common.client.soda.ContextDescriptorConditionFilter;
import com.espertech.esper.common.client.soda.ContextDescriptorConditionNever;
import com.espertech.esper.common.client.soda.ContextDescriptorInitiatedTerminated;
import com.espertech.esper.common.client.soda.CreateContextClause;
import com.espertech.esper.common.client.soda.EPStatementObjectModel;
import com.espertech.esper.common.client.soda.Expressions;
import com.espertech.esper.common.client.soda.Filter;
import com.espertech.esper.common.client.soda.SubstitutionParameterExpression;
import io.evenkeel.query.Parameter;
import io.evenkeel.query.QueryDefinition;
import io.evenkeel.query.QueryInstance;
import io.evenkeel.runtime.esper.rule.ModelRewrite;
import io.evenkeel.runtime.esper.rule.Statement;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Writes a query so that one deployment serves all its instances: each is a partition of a context that an event of ours
 * starts, and its parameters are fields of that event. A deployment costs milliseconds and classes of its own, a
 * partition microseconds: a thousand instances in each of 32 shards would take minutes to deploy.
 *
 * <p>The matches are those of a deployment for each instance ({@code KeyFormsTest}). What Esper does not tell here is
 * which instance threw.
 */
final class SharedInstances {
    /** The event that starts an instance. */
    static final String START = "evenkeel_instance";
    /** Column of the output with the name of the instance; not in the bodies of matches. */
    static final String COLUMN = KeyContexts.COLUMN_PREFIX + "instance";

    private static final String NAME = "evenkeel_name";
    private static final String VALUE_PREFIX = "value_";
    private static final String CONTEXT = "evenkeel_instances";
    private static final String PATH = "context.i.";

    private SharedInstances() {}

    /**
     * True if a query has this form. A stream between statements would carry rows of all instances to each; and in contexts
     * within contexts Esper's patterns miss events and its groups lose what the outer context says (a seed of {@code
     * KeyFormsTest} showed both).
     *
     * @param statements as {@link KeyContexts} left them
     */
    static boolean suit(List<Statement> statements, Statement output) {
        EPStatementObjectModel model = output.model();
        return statements.size() == 1 && model.getInsertInto() == null && model.getContextName() == null;
    }

    /** Changes the only statement of a query that this form suits. */
    static List<Statement> apply(Statement output) {
        EPStatementObjectModel model = output.model();
        ModelRewrite.each(
                model,
                expression -> expression instanceof SubstitutionParameterExpression parameter
                        ? Expressions.property(PATH + VALUE_PREFIX + parameter.getOptionalName())
                        : expression);
        model.getSelectClause().add(Expressions.property(PATH + NAME), COLUMN);
        model.setContextName(CONTEXT);
        EPStatementObjectModel context = new EPStatementObjectModel();
        context.setCreateContext(new CreateContextClause(
                CONTEXT,
                new ContextDescriptorInitiatedTerminated(
                        new ContextDescriptorConditionFilter(new Filter(START), "i"),
                        new ContextDescriptorConditionNever(),
                        true,
                        null)));
        return List.of(new Statement(context, output.line()), output);
    }

    /** The fields of {@link #START}. */
    static String[] fields(QueryDefinition query) {
        return Stream.concat(Stream.of(NAME), query.parameters().stream().map(each -> VALUE_PREFIX + each.name()))
                .toArray(String[]::new);
    }

    /** The classes of the values of these fields. */
    static Object[] types(QueryDefinition query) {
        return Stream.concat(
                        Stream.of(String.class),
                        query.parameters().stream().map(each -> each.type().javaType()))
                .toArray();
    }

    /** An event that starts an instance. */
    static @Nullable Object[] start(QueryDefinition query, QueryInstance instance) {
        @Nullable Object[] values = new Object[query.parameters().size() + 1];
        values[0] = instance.id().name();
        int column = 1;
        for (Parameter parameter : query.parameters()) {
            values[column++] = instance.values().get(parameter.name());
        }
        return values;
    }
}
