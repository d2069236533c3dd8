// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.esper;

import static java.util.Objects.requireNonNull;

import com.espertech.esper.common.client.EPCompiled;
import com.espertech.esper.common.client.configuration.Configuration;
import com.espertech.esper.common.client.module.Module;
import com.espertech.esper.common.client.module.ModuleItem;
import com.espertech.esper.common.client.module.ParseException;
import com.espertech.esper.common.client.soda.AnnotationAttribute;
import com.espertech.esper.common.client.soda.AnnotationPart;
import com.espertech.esper.compiler.client.CompilerArguments;
import com.espertech.esper.compiler.client.EPCompileException;
import com.espertech.esper.compiler.client.EPCompiler;
import com.espertech.esper.compiler.client.EPCompilerProvider;
import io.evenkeel.query.EventType;
import io.evenkeel.query.QueryDefinition;
import io.evenkeel.query.QueryInput;
import io.evenkeel.runtime.engine.CompiledQuery;
import io.evenkeel.runtime.engine.QueryCompiler;
import io.evenkeel.runtime.esper.rule.DefinitionCheck;
import io.evenkeel.runtime.esper.rule.Statement;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compiles queries with Esper: reads the author's EPL into object models, checks these, adds what the definition
 * declares, and compiles all statements as one unit.
 *
 * <p>Matches come from the statement with {@code @Name('out')}; without one, from the last statement that selects.
 */
public final class EsperQueryCompiler implements QueryCompiler {
    private static final Logger LOG = LoggerFactory.getLogger(EsperQueryCompiler.class);
    private static final Pattern LINE = Pattern.compile("at line (\\d+)");
    private static final Pattern GENERATED_TEXT = Pattern.compile(" ?\\[[^\\[]*\\z", Pattern.DOTALL);

    /** Begins the names of what is added to a query: event types, columns, contexts. */
    private static final String OURS = "evenkeel_";

    private static final int LONGEST_EPL = 100_000;
    /** Compiling is rare, and takes a core: what is left is for events. One pool, since a process has so many cores. */
    private static final CompilePool POOL = new CompilePool(2, 4, Duration.ofSeconds(30));

    private final EPCompiler compiler = EPCompilerProvider.getCompiler();
    private final CompilePool pool;
    private final boolean partitions;
    private final boolean ruled;

    /** Makes a compiler. All of a process share the threads that compile. */
    public EsperQueryCompiler() {
        this(POOL, false, true);
    }

    EsperQueryCompiler(CompilePool pool) {
        this(pool, false, true);
    }

    private EsperQueryCompiler(CompilePool pool, boolean partitions, boolean ruled) {
        this.pool = pool;
        this.partitions = partitions;
        this.ruled = ruled;
    }

    /** One that gives each key a partition, also where a query can do without. Same matches; for comparison. */
    public static EsperQueryCompiler withPartitions() {
        return new EsperQueryCompiler(POOL, true, true);
    }

    /** One in which EPL has got past the rules for its object model: to see that compiled classes are looked at as well. */
    static EsperQueryCompiler withoutRules() {
        return new EsperQueryCompiler(POOL, false, false);
    }

    @Override
    public CompiledQuery compile(QueryDefinition query, Map<String, EventType> eventTypes) {
        Faults faults = new Faults(query);
        checkInputs(query, eventTypes, faults);
        if (query.epl().length() > LONGEST_EPL) {
            faults.add(
                    1,
                    "Expected at most " + LONGEST_EPL + " characters, but there are "
                            + query.epl().length() + ".");
            faults.throwIfAny();
        }
        try {
            return pool.run(() -> compileChecked(query, eventTypes, faults));
        } catch (CompilePool.GaveUpException e) {
            // Not the faults of the compilation: its thread may still be adding to them.
            Faults refusal = new Faults(query);
            refusal.add(1, String.valueOf(e.getMessage()));
            throw refusal.refusal(e);
        }
    }

    private CompiledQuery compileChecked(QueryDefinition query, Map<String, EventType> eventTypes, Faults faults) {
        Configuration configuration = EngineConfiguration.forCompiler(query, eventTypes);
        Written apart = write(query, eventTypes, configuration, faults);
        EPCompiled unit = compile(apart.statements(), configuration, faults);
        EPCompiled shared = SharedInstances.suit(apart.statements(), apart.output())
                ? compileShared(query, eventTypes, configuration)
                : null;
        EPCompiled filters = InputGate.compile(query, compiler, configuration, faults);
        Stream.of(unit, shared, filters)
                .filter(Objects::nonNull)
                .flatMap(compiled -> ClassScan.refusals(compiled.getClasses()).stream())
                .distinct()
                .forEach(reference -> faults.add(
                        1,
                        "Expected a query that calls what docs/sandbox.md lists, but it would call " + reference
                                + "."));
        faults.throwIfAny();
        return new EsperQuery(
                query,
                unit,
                shared,
                filters,
                EngineConfiguration.forRuntime(query, eventTypes),
                OutputKind.of(apart.output()));
    }

    /** The statements as they are to be compiled, and which of them gives the matches. */
    private record Written(List<Statement> statements, Statement output) {}

    private Written write(
            QueryDefinition query, Map<String, EventType> eventTypes, Configuration configuration, Faults faults) {
        List<Statement> statements = parse(query, configuration, faults);
        if (ruled) {
            check(statements, query, faults);
        }
        List<EventType> inputs = query.inputs().stream()
                .map(input -> requireNonNull(eventTypes.get(input.event())))
                .toList();
        for (Statement statement : statements) {
            SafeExpressions.apply(statement, inputs);
            StableOrder.apply(statement);
            IndexedFilters.apply(statement);
        }
        Statement output = output(statements, faults);
        List<Statement> rewritten = KeyContexts.apply(statements, output, query, eventTypes, partitions);
        rename(output);
        return new Written(rewritten, output);
    }

    /**
     * The form in which instances share one deployment; null if there is nothing to share, or Esper refuses it. Then the
     * form of its own for each instance does.
     */
    private @Nullable EPCompiled compileShared(
            QueryDefinition query, Map<String, EventType> eventTypes, Configuration configuration) {
        if (query.parameters().isEmpty()) {
            return null;
        }
        // Read anew: the models of the other form have been changed.
        Written written = write(query, eventTypes, configuration, new Faults(query));
        try {
            return compiler.compile(
                    module(SharedInstances.apply(written.output())), new CompilerArguments(configuration));
        } catch (EPCompileException e) {
            LOG.debug("query={} has no form in which instances share a deployment: {}", query.name(), e.getMessage());
            return null;
        }
    }

    private static void checkInputs(QueryDefinition query, Map<String, EventType> eventTypes, Faults faults) {
        Set<String> seen = new HashSet<>();
        for (QueryInput input : query.inputs()) {
            EventType type = eventTypes.get(input.event());
            if (!seen.add(input.event())) {
                faults.add(1, "Expected each event type as one input, but " + input.event() + " is there twice.");
            } else if (type == null) {
                faults.add(1, "Expected input " + input.event() + " to be a known event type, but it is not.");
            } else if (isOurs(type.name()) || type.fields().stream().anyMatch(field -> isOurs(field.name()))) {
                faults.add(
                        1,
                        "Expected event type " + type.name()
                                + " and its fields to have names of their own, but one begins" + " with " + OURS
                                + ", as what Evenkeel adds to a query does.");
            } else if (input.key().size() != query.inputs().get(0).key().size()) {
                faults.add(
                        1,
                        "Expected keys of all inputs to have as many fields, but " + input.event() + " has "
                                + input.key().size() + ".");
            } else {
                input.key().stream()
                        .filter(field -> type.indexOf(field).isEmpty())
                        .forEach(field -> faults.add(
                                1, "Expected key " + field + " to be a field of " + type.name() + ", but it is not."));
            }
        }
        faults.throwIfAny();
    }

    private static boolean isOurs(String name) {
        return name.toLowerCase(Locale.ROOT).startsWith(OURS);
    }

    private List<Statement> parse(QueryDefinition query, Configuration configuration, Faults faults) {
        List<Statement> statements = new ArrayList<>();
        try {
            for (ModuleItem item : compiler.parseModule(query.epl()).getItems()) {
                if (!item.isCommentOnly()) {
                    parse(item, configuration, statements, faults);
                }
            }
        } catch (IOException | ParseException e) {
            faults.add(1, sentence(e));
        }
        faults.throwIfAny();
        if (statements.isEmpty()) {
            faults.add(1, "Expected a statement, but there is none.");
            faults.throwIfAny();
        }
        return statements;
    }

    private void parse(ModuleItem item, Configuration configuration, List<Statement> statements, Faults faults) {
        try {
            statements.add(new Statement(
                    compiler.eplToModel(item.getExpression(), configuration),
                    item.getLineNumberContent(),
                    item.getExpression()));
        } catch (EPCompileException e) {
            Matcher line = LINE.matcher(String.valueOf(e.getMessage()));
            int within = line.find() ? Integer.parseInt(line.group(1)) : 1;
            faults.add(item.getLineNumber() + within - 1, sentence(e));
        }
    }

    private static void check(List<Statement> statements, QueryDefinition query, Faults faults) {
        statements.forEach(statement -> ParameterTyping.apply(statement, query, faults));
        DefinitionCheck.apply(statements, query, faults);
        statements.forEach(statement -> UniqueWindows.apply(statement, query, faults));
        faults.throwIfAny();
    }

    private static Statement output(List<Statement> statements, Faults faults) {
        List<Statement> selecting =
                statements.stream().filter(Statement::selects).toList();
        if (selecting.isEmpty()) {
            faults.add(1, "Expected a statement that selects, but there is none.");
            faults.throwIfAny();
        }
        return selecting.stream()
                .filter(statement -> statement.named("out"))
                .findFirst()
                .orElse(selecting.get(selecting.size() - 1));
    }

    private static void rename(Statement output) {
        List<AnnotationPart> annotations = new ArrayList<>();
        if (output.model().getAnnotations() != null) {
            annotations.addAll(output.model().getAnnotations());
            annotations.removeIf(annotation -> annotation.getName().equals("Name"));
        }
        annotations.add(new AnnotationPart("Name", List.of(new AnnotationAttribute("value", EsperQuery.OUTPUT))));
        output.model().setAnnotations(annotations);
    }

    private EPCompiled compile(List<Statement> statements, Configuration configuration, Faults faults) {
        try {
            return compiler.compile(module(statements), new CompilerArguments(configuration));
        } catch (EPCompileException e) {
            if (e.getItems().isEmpty()) {
                faults.add(1, sentence(e));
            }
            e.getItems().forEach(item -> faults.add(line(statements, item.getExpression()), sentence(item)));
            faults.throwIfAny();
            throw new IllegalStateException("Expected a fault, but there is none", e);
        }
    }

    private static Module module(List<Statement> statements) {
        Module module = new Module();
        statements.forEach(statement -> module.getItems().add(new ModuleItem(statement.model())));
        return module;
    }

    private static int line(List<Statement> statements, String generated) {
        return statements.stream()
                .filter(statement -> statement.model().toEPL().equals(generated))
                .findFirst()
                .or(() -> statements.stream().findFirst())
                .map(Statement::line)
                .orElse(1);
    }

    /** Esper's message without the generated text of the statement, which the author did not write. */
    private static String sentence(Throwable refusal) {
        return "Expected EPL that compiles, but: "
                + GENERATED_TEXT
                        .matcher(String.valueOf(refusal.getMessage()))
                        .replaceFirst("")
                        .strip();
    }
}
