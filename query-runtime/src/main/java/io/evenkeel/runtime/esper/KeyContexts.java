// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.esper;

import static java.util.Objects.requireNonNull;

import com.espertech.esper.common.client.soda.ContextDescriptorKeyedSegmented;
import com.espertech.esper.common.client.soda.ContextDescriptorKeyedSegmentedItem;
import com.espertech.esper.common.client.soda.CreateContextClause;
import com.espertech.esper.common.client.soda.EPStatementObjectModel;
import com.espertech.esper.common.client.soda.Expressions;
import com.espertech.esper.common.client.soda.Filter;
import com.espertech.esper.common.client.soda.InsertIntoClause;
import com.espertech.esper.common.client.soda.SchemaColumnDesc;
import io.evenkeel.query.EventType;
import io.evenkeel.query.FieldType;
import io.evenkeel.query.QueryDefinition;
import io.evenkeel.query.QueryInput;
import io.evenkeel.runtime.esper.rule.PlainStatements;
import io.evenkeel.runtime.esper.rule.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Puts each statement that keeps anything into a context with a partition for each key, unless it can keep keys apart
 * by itself ({@link KeyGroups}, {@link KeySequences}), and lets the key through to where it is needed.
 *
 * <p>A stream between statements has no key fields of its own, so the inserting statement adds the key as columns, and
 * the context of a reading statement goes by these. There is one context for each set of streams that statements read
 * together, declared right before the first of them: only then are all types that it names known to the compiler.
 *
 * <p>Columns of the key are {@code context.key1}...: to Esper these are neither aggregates nor fields, so they change
 * nothing in how rows are grouped (tested for each kind of statement in EsperEngineTest).
 */
final class KeyContexts {
    /** Begins the name of each column that is added here; such columns are not in the bodies of matches. */
    static final String COLUMN_PREFIX = "evenkeel_key_";

    private static final String OUTPUT = "out";

    private final Map<String, QueryInput> inputs;
    private final Map<String, EventType> eventTypes;
    private final List<FieldType> keyTypes;
    private final Map<Set<String>, String> contexts = new LinkedHashMap<>();
    private final List<Statement> rewritten = new ArrayList<>();

    private KeyContexts(QueryDefinition query, Map<String, EventType> eventTypes) {
        this.inputs = query.inputs().stream().collect(Collectors.toMap(QueryInput::event, Function.identity()));
        this.eventTypes = eventTypes;
        this.keyTypes = keyTypes(query.inputs().get(0), eventTypes);
    }

    /**
     * The statements with their contexts before them; the models of the statements are changed.
     *
     * @param always a partition for each key, also where the statement can be written to do without
     */
    static List<Statement> apply(
            List<Statement> statements,
            Statement output,
            QueryDefinition query,
            Map<String, EventType> eventTypes,
            boolean always) {
        if (query.inputs().get(0).key().isEmpty()) {
            return statements;
        }
        KeyContexts contexts = new KeyContexts(query, eventTypes);
        boolean alone = statements.size() == 1 && !always;
        for (Statement statement : statements) {
            contexts.add(statement, statement == output, alone);
        }
        return contexts.rewritten;
    }

    /** The names of the columns with the key in the events of the output statement, in the order of the key. */
    static List<String> outputColumns(QueryDefinition query) {
        return columns(OUTPUT, query.inputs().get(0).key().size());
    }

    private void add(Statement statement, boolean output, boolean alone) {
        EPStatementObjectModel model = statement.model();
        if (model.getCreateSchema() != null) {
            List<String> names = columns(model.getCreateSchema().getSchemaName(), keyTypes.size());
            for (int i = 0; i < names.size(); i++) {
                model.getCreateSchema()
                        .getColumns()
                        .add(new SchemaColumnDesc(names.get(i), ParameterTyping.typeName(keyTypes.get(i))));
            }
            rewritten.add(statement);
            return;
        }
        List<String> key = alone ? keyWithoutPartitions(model, statement) : plainKey(model, statement);
        if (key == null) {
            model.setContextName(
                    contexts.computeIfAbsent(statement.eventTypesRead(), types -> declare(types, statement)));
            key = IntStream.rangeClosed(1, keyTypes.size())
                    .mapToObj(i -> "context.key" + i)
                    .toList();
        }
        if (!statement.insertsInto().isEmpty()) {
            select(model, key, columns(statement.insertsInto(), keyTypes.size()));
        }
        if (output) {
            select(model, key, columns(OUTPUT, keyTypes.size()));
        }
        rewritten.add(statement);
    }

    /**
     * The key of a statement that looks at one event at a time: a partition would have nothing to keep apart, and a
     * thousand filters over ten thousand keys would have ten million of them. Null if it is not one.
     */
    private @Nullable List<String> plainKey(EPStatementObjectModel model, Statement statement) {
        return PlainStatements.isPlain(model)
                ? keyFields(statement.eventTypesRead().iterator().next())
                : null;
    }

    /** As {@link #plainKey}, and of statements that can be written to keep keys apart by themselves. */
    private @Nullable List<String> keyWithoutPartitions(EPStatementObjectModel model, Statement statement) {
        List<String> plain = plainKey(model, statement);
        Set<String> read = statement.eventTypesRead();
        if (plain != null || !inputs.keySet().containsAll(read) || !areComparable(read)) {
            return plain;
        }
        String first = read.iterator().next();
        if (read.size() == 1 && KeyGroups.apply(model, keyFields(first), requireNonNull(eventTypes.get(first)))) {
            return keyFields(first);
        }
        return KeySequences.apply(model, this::keyFields);
    }

    /** True if keys are equal as fields when they are equal as keys. */
    private boolean areComparable(Set<String> types) {
        return !keyTypes.contains(FieldType.DOUBLE)
                && types.stream()
                        .allMatch(type -> keyTypes(requireNonNull(inputs.get(type)), eventTypes)
                                .equals(keyTypes));
    }

    private static void select(EPStatementObjectModel model, List<String> key, List<String> columns) {
        for (int i = 0; i < columns.size(); i++) {
            model.getSelectClause().add(Expressions.property(key.get(i)), columns.get(i));
        }
        InsertIntoClause insert = model.getInsertInto();
        if (insert != null
                && insert.getColumnNames() != null
                && !insert.getColumnNames().isEmpty()) {
            List<String> names = new ArrayList<>(insert.getColumnNames());
            names.addAll(columns);
            insert.setColumnNames(names);
        }
    }

    private String declare(Set<String> types, Statement reader) {
        List<ContextDescriptorKeyedSegmentedItem> items = new ArrayList<>();
        for (String type : types) {
            items.add(new ContextDescriptorKeyedSegmentedItem(keyFields(type), new Filter(type)));
        }
        String name = "evenkeel_context_" + contexts.size();
        EPStatementObjectModel model = new EPStatementObjectModel();
        model.setCreateContext(new CreateContextClause(name, new ContextDescriptorKeyedSegmented(items)));
        rewritten.add(new Statement(model, reader.line()));
        return name;
    }

    private List<String> keyFields(String type) {
        QueryInput input = inputs.get(type);
        return input != null ? input.key() : columns(type, keyTypes.size());
    }

    private static List<String> columns(String stream, int keys) {
        return IntStream.rangeClosed(1, keys)
                .mapToObj(i -> COLUMN_PREFIX + stream + "_" + i)
                .toList();
    }

    private static List<FieldType> keyTypes(QueryInput input, Map<String, EventType> eventTypes) {
        EventType type = requireNonNull(eventTypes.get(input.event()), input.event());
        return input.key().stream()
                .map(field ->
                        type.fields().get(type.indexOf(field).orElseThrow()).type())
                .toList();
    }
}
