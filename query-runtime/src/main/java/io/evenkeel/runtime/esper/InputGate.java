// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.esper;

import com.espertech.esper.common.client.EPCompiled;
import com.espertech.esper.common.client.EventSender;
import com.espertech.esper.common.client.configuration.Configuration;
import com.espertech.esper.common.client.module.Module;
import com.espertech.esper.common.client.module.ModuleItem;
import com.espertech.esper.common.client.soda.CurrentTimestampExpression;
import com.espertech.esper.common.client.soda.DotExpression;
import com.espertech.esper.common.client.soda.EPStatementObjectModel;
import com.espertech.esper.common.client.soda.Expression;
import com.espertech.esper.common.client.soda.FilterStream;
import com.espertech.esper.common.client.soda.RegExpExpression;
import com.espertech.esper.common.client.soda.SelectClauseWildcard;
import com.espertech.esper.common.client.soda.SingleRowMethodExpression;
import com.espertech.esper.common.client.soda.SubstitutionParameterExpression;
import com.espertech.esper.compiler.client.CompilerArguments;
import com.espertech.esper.compiler.client.EPCompileException;
import com.espertech.esper.compiler.client.EPCompiler;
import com.espertech.esper.runtime.client.EPDeployException;
import com.espertech.esper.runtime.client.EPRuntime;
import com.espertech.esper.runtime.client.EPStatement;
import io.evenkeel.query.Event;
import io.evenkeel.query.QueryDefinition;
import io.evenkeel.query.QueryInput;
import io.evenkeel.runtime.esper.rule.ModelWalk;
import io.evenkeel.runtime.esper.rule.PlainStatements;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Decides by the filters of the inputs which events are events of a query at all. It stands before the query's own
 * statements, so that windows, patterns and key partitions never hear of the others, and so that the shard knows what
 * counts in a window by number.
 *
 * <p>A runtime of its own, since a filter belongs to no instance. It keeps nothing and needs no clock.
 */
final class InputGate {
    /** Not of the event alone, or calls something: that is for the query's own EPL, and its checks. */
    private static final Set<Class<? extends Expression>> NOT_HERE = Set.of(
            CurrentTimestampExpression.class,
            DotExpression.class,
            RegExpExpression.class,
            SingleRowMethodExpression.class,
            SubstitutionParameterExpression.class);

    private final EPRuntime runtime;
    private final Map<String, EventSender> senders = new HashMap<>();
    private boolean passed;

    private InputGate(EPRuntime runtime) {
        this.runtime = runtime;
    }

    /** The filters of a query, compiled; null if no input has one. */
    static @Nullable EPCompiled compile(
            QueryDefinition query, EPCompiler compiler, Configuration configuration, Faults faults) {
        Module module = new Module();
        for (QueryInput input : query.inputs()) {
            if (!input.filter().isEmpty()) {
                parse(input, compiler, configuration, module, faults);
            }
        }
        faults.throwIfAny();
        if (module.getItems().isEmpty()) {
            return null;
        }
        try {
            return compiler.compile(module, new CompilerArguments(configuration));
        } catch (EPCompileException e) {
            refuse(query.inputs().get(0), "is " + e.getMessage(), faults);
            faults.throwIfAny();
            throw new IllegalStateException("Expected a fault, but there is none", e);
        }
    }

    private static void parse(
            QueryInput input, EPCompiler compiler, Configuration configuration, Module module, Faults faults) {
        // Esper reads statements, not expressions, so the text has to be put behind a fixed beginning to be read. It is
        // read twice. In brackets, all of it is within the condition, unless it closes them; without brackets, text
        // that
        // closes one that it has not opened does not parse. What means the same both ways, and is a plain select with
        // nothing but this condition, is one condition. From then on only the model is used.
        String beginning = "select * from " + input.event() + " where ";
        String epl = beginning + "(" + input.filter() + "\n)";
        try {
            EPStatementObjectModel bare = compiler.eplToModel(beginning + input.filter(), configuration);
            EPStatementObjectModel model = compiler.eplToModel(epl, configuration);
            if (!isCondition(model, input)
                    || !isCondition(bare, input)
                    || !model.toEPL().equals(bare.toEPL())) {
                refuse(input, "has more in it, or another kind of expression", faults);
                return;
            }
            // By itself first, so that the fault is that of this input.
            compiler.compile(epl, new CompilerArguments(configuration));
            SafeExpressions.applyToText(model);
            module.getItems().add(new ModuleItem(model));
        } catch (EPCompileException e) {
            refuse(input, "does not compile: " + e.getMessage(), faults);
        }
    }

    private static boolean isCondition(EPStatementObjectModel model, QueryInput input) {
        AtomicBoolean more = new AtomicBoolean();
        ModelWalk.each(model, Expression.class, expression -> {
            if (NOT_HERE.contains(expression.getClass())) {
                more.set(true);
            }
        });
        return PlainStatements.isPlain(model)
                && !more.get()
                && model.getWhereClause() != null
                && model.getInsertInto() == null
                && (model.getAnnotations() == null || model.getAnnotations().isEmpty())
                && model.getSelectClause().getSelectList().stream().allMatch(SelectClauseWildcard.class::isInstance)
                && model.getFromClause().getStreams().get(0) instanceof FilterStream stream
                && stream.getFilter().getEventTypeName().equals(input.event())
                && stream.getFilter().getFilter() == null;
    }

    private static void refuse(QueryInput input, String fault, Faults faults) {
        faults.add(
                1,
                "Expected the filter of input " + input.event()
                        + " to be a condition on the fields of one event, without parameters, but \"" + input.filter()
                        + "\" " + fault + ". Write what varies between instances into the EPL.");
    }

    /** @param runtime of no other use; it is destroyed with the gate */
    static InputGate open(QueryDefinition query, EPCompiled filters, EPRuntime runtime) throws EPDeployException {
        InputGate gate = new InputGate(runtime);
        List<EPStatement> statements =
                List.of(runtime.getDeploymentService().deploy(filters).getStatements());
        statements.forEach(statement -> statement.addListener((added, removed, source, where) -> gate.passed = true));
        for (QueryInput input : query.inputs()) {
            if (!input.filter().isEmpty()) {
                gate.senders.put(input.event(), runtime.getEventService().getEventSender(input.event()));
            }
        }
        return gate;
    }

    boolean admits(Event event) {
        EventSender sender = senders.get(event.type().name());
        if (sender == null) {
            return true;
        }
        passed = false;
        sender.sendEvent(event.values());
        return passed;
    }

    void close() {
        if (!runtime.isDestroyed()) {
            runtime.destroy();
        }
    }
}
