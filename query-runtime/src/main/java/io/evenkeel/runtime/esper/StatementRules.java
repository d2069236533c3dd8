// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.esper;

import com.espertech.esper.common.client.soda.AnnotationPart;
import com.espertech.esper.common.client.soda.ClassProvidedExpression;
import com.espertech.esper.common.client.soda.DotExpressionItemCall;
import com.espertech.esper.common.client.soda.EPStatementObjectModel;
import com.espertech.esper.common.client.soda.MethodInvocationStream;
import com.espertech.esper.common.client.soda.PropertyValueExpression;
import com.espertech.esper.common.client.soda.SQLStream;
import com.espertech.esper.common.client.soda.ScriptExpression;
import com.espertech.esper.common.client.soda.StaticMethodExpression;
import java.util.Collection;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a statement may be made of: it selects from the query's inputs and from streams that statements before it insert
 * into, or it declares such a stream. Everything that could reach out of the engine is refused here or, where the model
 * does not show it, by {@link EngineConfiguration}, which hides all classes from the compiler.
 */
final class StatementRules {
    private static final Set<String> ANNOTATIONS = Set.of("Name", "Description", "Tag");

    /** Methods that every object has and that reach its class or its monitor. */
    private static final Set<String> METHODS = Set.of("getClass", "wait", "notify", "notifyAll", "finalize", "clone");

    private static final Pattern CLASS_PROPERTY = Pattern.compile("(^|\\.)class(\\.|$)");

    private final Statement statement;
    private final Faults faults;

    private StatementRules(Statement statement, Faults faults) {
        this.statement = statement;
        this.faults = faults;
    }

    /**
     * @param inputs   the event types that the query reads
     * @param declared streams of statements before this one; this statement's stream is added
     */
    static void check(Statement statement, Set<String> inputs, Set<String> declared, Faults faults) {
        StatementRules rules = new StatementRules(statement, faults);
        rules.checkKind();
        rules.checkParts();
        rules.checkStreams(inputs, declared);
    }

    private void checkKind() {
        EPStatementObjectModel model = statement.model();
        boolean schema = model.getCreateSchema() != null;
        if (schema && !empty(model.getCreateSchema().getTypes())) {
            refuse("a schema made of columns", "a schema made of a class");
        }
        if (!schema && !statement.selects()) {
            refuse("select, insert into or create schema", "another kind of statement");
        }
        if (model.getOnExpr() != null || model.getUpdateClause() != null || model.getIntoTableClause() != null) {
            refuse("select, insert into or create schema", "on, update or into table");
        }
        if (model.getContextName() != null) {
            refuse("no context, since the key makes one", "context " + model.getContextName());
        }
    }

    private void checkParts() {
        EPStatementObjectModel model = statement.model();
        ModelWalk.each(model, Object.class, part -> {
            if (part instanceof ScriptExpression || part instanceof ClassProvidedExpression) {
                refuse("EPL only", "a script or a class");
            } else if (part instanceof SQLStream || part instanceof MethodInvocationStream) {
                refuse("streams of events only", "a join with a database or a method");
            } else if (part instanceof StaticMethodExpression call) {
                refuse("no call of a static method", call.getClassName());
            } else if (part instanceof DotExpressionItemCall call && METHODS.contains(call.getName())) {
                refuse("no call of this method", call.getName());
            } else if (part instanceof PropertyValueExpression property
                    && CLASS_PROPERTY.matcher(property.getPropertyName()).find()) {
                refuse("a field of an event", property.getPropertyName());
            } else if (part instanceof AnnotationPart annotation && !ANNOTATIONS.contains(annotation.getName())) {
                refuse("one of the annotations " + new TreeSet<>(ANNOTATIONS), "@" + annotation.getName());
            }
        });
    }

    private void checkStreams(Set<String> inputs, Set<String> declared) {
        for (String type : statement.eventTypesRead()) {
            if (!inputs.contains(type) && !declared.contains(type)) {
                refuse("one of the inputs " + inputs + " or a stream of a statement before this one", type);
            }
        }
        if (statement.selects() && statement.eventTypesRead().isEmpty()) {
            refuse("a statement that reads one of the inputs " + inputs, "none");
        }
        String target = statement.model().getCreateSchema() != null
                ? statement.model().getCreateSchema().getSchemaName()
                : statement.insertsInto();
        if (inputs.contains(target)) {
            refuse("a stream with a name of its own", target + ", which is an input");
        }
        if (!target.isEmpty()) {
            declared.add(target);
        }
    }

    private void refuse(String expected, String actual) {
        faults.add(statement.line(), "Expected " + expected + ", but there is " + actual + ".");
    }

    private static boolean empty(@Nullable Collection<?> values) {
        return values == null || values.isEmpty();
    }
}
