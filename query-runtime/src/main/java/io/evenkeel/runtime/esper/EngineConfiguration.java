// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.esper;

import static java.util.Objects.requireNonNull;

import com.espertech.esper.common.client.configuration.Configuration;
import com.espertech.esper.common.client.configuration.common.ConfigurationCommon;
import com.espertech.esper.common.client.configuration.compiler.ConfigurationCompiler;
import com.espertech.esper.common.client.configuration.compiler.ConfigurationCompilerByteCode;
import com.espertech.esper.common.client.configuration.compiler.ConfigurationCompilerExecution.FilterIndexPlanning;
import com.espertech.esper.common.client.configuration.compiler.ConfigurationCompilerPlugInSingleRowFunction.FilterOptimizable;
import com.espertech.esper.common.client.configuration.compiler.ConfigurationCompilerPlugInSingleRowFunction.ValueCache;
import com.espertech.esper.common.client.configuration.runtime.ConfigurationRuntimeThreading;
import com.espertech.esper.common.client.util.ClassForNameProvider;
import io.evenkeel.query.EventType;
import io.evenkeel.query.QueryDefinition;
import io.evenkeel.query.QueryInput;
import io.evenkeel.runtime.esper.function.ExactAggregate;
import io.evenkeel.runtime.esper.function.QueryFunctions;
import io.evenkeel.runtime.esper.function.Recency;
import io.evenkeel.runtime.esper.function.TextMatching;
import io.evenkeel.runtime.esper.rule.Allowed;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Map;
import java.util.Set;
import java.util.TimeZone;

/** How Esper is set up: closed to the outside, single-threaded, driven by our clock. */
final class EngineConfiguration {
    /**
     * All that EPL may name by a class name. Types like {@code long} and {@code string} are built into Esper and not
     * asked for; every other name, and so every static method, is unknown to the compiler.
     */
    private static final Set<String> VISIBLE_CLASSES = Set.of(
            BigDecimal.class.getName(),
            ConfigurationCommon.ANNOTATION_IMPORT.replace("*", "Name"),
            ConfigurationCommon.ANNOTATION_IMPORT.replace("*", "Description"),
            ConfigurationCommon.ANNOTATION_IMPORT.replace("*", "Tag"),
            // Not for authors: StableOrder adds it.
            ConfigurationCommon.ANNOTATION_IMPORT.replace("*", "Hint"),
            QueryFunctions.class.getName(),
            TextMatching.class.getName(),
            Recency.class.getName(),
            ExactAggregate.SumForge.class.getName(),
            ExactAggregate.AverageForge.class.getName());

    private static final ClassForNameProvider CLASSES = name -> {
        if (VISIBLE_CLASSES.contains(name)) {
            return Class.forName(name);
        }
        throw new ClassNotFoundException(name);
    };

    private EngineConfiguration() {}

    static Configuration forCompiler(QueryDefinition query, Map<String, EventType> eventTypes) {
        Configuration configuration = withEventTypes(query, eventTypes);
        ConfigurationCommon common = configuration.getCommon();
        common.getImports().clear();
        common.addImport(ConfigurationCommon.ANNOTATION_IMPORT);
        common.getTransientConfiguration().put(ClassForNameProvider.NAME, CLASSES);
        configuration.getCompiler().getScripts().setEnabled(false);
        // Else 1 / 3 of decimals throws: it has no end.
        configuration.getCompiler().getExpression().setMathContext(MathContext.DECIMAL128);
        // Advanced planning evaluates parts of filters for all statements at once; one that throws cannot be named
        // then.
        configuration.getCompiler().getExecution().setFilterIndexPlanning(FilterIndexPlanning.BASIC);
        addFunctions(configuration.getCompiler());
        ConfigurationCompilerByteCode byteCode = configuration.getCompiler().getByteCode();
        byteCode.setAllowInlinedClass(false);
        byteCode.setAttachEPL(false);
        byteCode.setThreadPoolCompilerNumThreads(0);
        return configuration;
    }

    private static void addFunctions(ConfigurationCompiler compiler) {
        Allowed.functions().forEach(name -> addFunction(compiler, name, QueryFunctions.class, name));
        addFunction(compiler, SafeExpressions.MATCHES, TextMatching.class, "matches");
        addFunction(compiler, SafeExpressions.LIKE, TextMatching.class, "like");
        addFunction(compiler, UniqueWindows.RECENCY, Recency.class, "next");
        compiler.addPlugInAggregationFunctionForge(SafeExpressions.SUM, ExactAggregate.SumForge.class.getName());
        compiler.addPlugInAggregationFunctionForge(
                SafeExpressions.AVERAGE, ExactAggregate.AverageForge.class.getName());
    }

    private static void addFunction(ConfigurationCompiler compiler, String name, Class<?> owner, String method) {
        // Else Esper would log an exception and go on with null.
        boolean rethrow = true;
        compiler.addPlugInSingleRowFunction(
                name, owner.getName(), method, ValueCache.DISABLED, FilterOptimizable.ENABLED, rethrow);
    }

    static Configuration forRuntime(QueryDefinition query, Map<String, EventType> eventTypes) {
        Configuration configuration = withEventTypes(query, eventTypes);
        ConfigurationRuntimeThreading threading = configuration.getRuntime().getThreading();
        threading.setInternalTimerEnabled(false);
        threading.setListenerDispatchPreserveOrder(false);
        threading.setInsertIntoDispatchPreserveOrder(false);
        threading.setNamedWindowConsumerDispatchPreserveOrder(false);
        // One call at a time is the contract of an engine, so its locks would only cost.
        configuration.getRuntime().getExecution().setDisableLocking(true);
        // Statements that see the same event, or whose timers are due together, run in the order of the query. Without
        // this, in that of a hash map, which differs after a replay.
        configuration.getRuntime().getExecution().setPrioritized(true);
        configuration.getRuntime().getExceptionHandling().addClass(RethrowingHandlerFactory.class);
        configuration.getRuntime().getExpression().setTimeZone(TimeZone.getTimeZone("UTC"));
        configuration.getRuntime().getLogging().setEnableExecutionDebug(false);
        return configuration;
    }

    private static Configuration withEventTypes(QueryDefinition query, Map<String, EventType> eventTypes) {
        Configuration configuration = new Configuration();
        configuration.getCommon().getEventTypeAutoNamePackages().clear();
        configuration
                .getCommon()
                .addEventType(SharedInstances.START, SharedInstances.fields(query), SharedInstances.types(query));
        for (QueryInput input : query.inputs()) {
            EventType type = requireNonNull(eventTypes.get(input.event()), input.event());
            configuration
                    .getCommon()
                    .addEventType(
                            type.name(),
                            type.fields().stream().map(EventType.Field::name).toArray(String[]::new),
                            type.fields().stream()
                                    .map(field -> field.type().javaType())
                                    .toArray(Object[]::new));
        }
        return configuration;
    }
}
