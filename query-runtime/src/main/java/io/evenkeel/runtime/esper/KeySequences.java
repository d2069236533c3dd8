// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.esper;

import com.espertech.esper.common.client.soda.Conjunction;
import com.espertech.esper.common.client.soda.EPStatementObjectModel;
import com.espertech.esper.common.client.soda.Expression;
import com.espertech.esper.common.client.soda.Expressions;
import com.espertech.esper.common.client.soda.Filter;
import com.espertech.esper.common.client.soda.PatternAndExpr;
import com.espertech.esper.common.client.soda.PatternEveryExpr;
import com.espertech.esper.common.client.soda.PatternExpr;
import com.espertech.esper.common.client.soda.PatternFilterExpr;
import com.espertech.esper.common.client.soda.PatternFollowedByExpr;
import com.espertech.esper.common.client.soda.PatternGuardExpr;
import com.espertech.esper.common.client.soda.PatternNotExpr;
import com.espertech.esper.common.client.soda.PatternObserverExpr;
import com.espertech.esper.common.client.soda.PatternOrExpr;
import com.espertech.esper.common.client.soda.PatternStream;
import com.espertech.esper.common.client.soda.SelectClause;
import com.espertech.esper.common.client.soda.SelectClauseElement;
import com.espertech.esper.common.client.soda.SelectClauseExpression;
import com.espertech.esper.common.client.soda.Stream;
import com.espertech.esper.common.client.soda.StreamSelector;
import io.evenkeel.runtime.esper.rule.PlainStatements;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Runs sequences that begin with every event of a kind without a partition for each key: what follows must have the key
 * of the event that began it. A partial match then belongs to one key, ends with its time, and nothing is left of it.
 * The matches are the same as with partitions ({@code KeyFormsTest}).
 */
final class KeySequences {
    private static final Set<Class<? extends PatternExpr>> PARTS = Set.of(
            PatternAndExpr.class,
            PatternFilterExpr.class,
            PatternFollowedByExpr.class,
            PatternGuardExpr.class,
            PatternNotExpr.class,
            PatternObserverExpr.class,
            PatternOrExpr.class);

    private KeySequences() {}

    /**
     * Changes a statement that can do with a comparison of keys.
     *
     * @param keyOf the fields of the key, by event type
     * @return the key, as fields of the first event of the sequence; null if it cannot, then it is as it was
     */
    static @Nullable List<String> apply(EPStatementObjectModel model, Function<String, List<String>> keyOf) {
        PatternFollowedByExpr sequence = sequence(model);
        if (sequence == null
                || !(sequence.getChildren().get(0) instanceof PatternEveryExpr every)
                || !(every.getChildren().get(0) instanceof PatternFilterExpr first)
                || first.getTagName() == null
                || first.getOptionalConsumptionLevel() != null) {
            return null;
        }
        List<PatternExpr> rest =
                sequence.getChildren().subList(1, sequence.getChildren().size());
        if (!rest.stream().allMatch(KeySequences::isKnown)) {
            return null;
        }
        List<String> key = keyOf.apply(first.getFilter().getEventTypeName()).stream()
                .map(field -> first.getTagName() + "." + field)
                .toList();
        rest.forEach(part -> correlate(part, key, keyOf));
        return key;
    }

    /** The sequence that is all that a statement reads, if it looks at one match of it at a time. */
    private static @Nullable PatternFollowedByExpr sequence(EPStatementObjectModel model) {
        SelectClause select = model.getSelectClause();
        List<Stream> streams = model.getFromClause().getStreams();
        boolean plain = (select.getStreamSelector() == null
                        || select.getStreamSelector() == StreamSelector.ISTREAM_ONLY)
                && !select.isDistinct()
                && model.getInsertInto() == null
                && model.getGroupByClause() == null
                && model.getHavingClause() == null
                && model.getOrderByClause() == null
                && model.getOutputLimitClause() == null
                && model.getRowLimitClause() == null
                && model.getMatchRecognizeClause() == null
                && (model.getWhereClause() == null || PlainStatements.dependsOnTheEventAlone(model.getWhereClause()))
                && select.getSelectList().stream().allMatch(KeySequences::isPlain);
        return plain
                        && streams.size() == 1
                        && streams.get(0) instanceof PatternStream stream
                        && (stream.getViews() == null || stream.getViews().isEmpty())
                        && (stream.getAnnotations() == null || stream.getAnnotations().length == 0)
                        && stream.getExpression() instanceof PatternFollowedByExpr sequence
                        && isUnlimited(sequence)
                ? sequence
                : null;
    }

    private static boolean isPlain(SelectClauseElement element) {
        return element instanceof SelectClauseExpression selected
                && PlainStatements.dependsOnTheEventAlone(selected.getExpression());
    }

    /** A limit counts partial matches of all keys. */
    private static boolean isUnlimited(PatternFollowedByExpr sequence) {
        return sequence.getOptionalMaxPerSubexpression() == null
                || sequence.getOptionalMaxPerSubexpression().stream().allMatch(limit -> limit == null);
    }

    private static boolean isKnown(PatternExpr part) {
        if (!PARTS.contains(part.getClass())) {
            return false;
        }
        if (part instanceof PatternGuardExpr guard && !guard.getName().equals("within")
                || part instanceof PatternObserverExpr observer
                        && !observer.getName().equals("interval")
                || part instanceof PatternFollowedByExpr sequence && !isUnlimited(sequence)
                || part instanceof PatternFilterExpr filtered && filtered.getOptionalConsumptionLevel() != null) {
            return false;
        }
        return part.getChildren().stream().allMatch(KeySequences::isKnown);
    }

    private static void correlate(PatternExpr part, List<String> key, Function<String, List<String>> keyOf) {
        if (part instanceof PatternFilterExpr filtered) {
            Filter filter = filtered.getFilter();
            List<String> own = keyOf.apply(filter.getEventTypeName());
            Conjunction all = Expressions.and();
            for (int i = 0; i < own.size(); i++) {
                all.add(Expressions.eqProperty(own.get(i), key.get(i)));
            }
            @Nullable Expression before = filter.getFilter();
            if (before != null) {
                all.add(before);
            }
            filter.setFilter(all.getChildren().size() == 1 ? all.getChildren().get(0) : all);
        } else {
            part.getChildren().forEach(child -> correlate(child, key, keyOf));
        }
    }
}
