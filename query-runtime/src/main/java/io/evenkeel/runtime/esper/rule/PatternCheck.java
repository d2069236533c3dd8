// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.esper.rule;

import static java.util.Objects.requireNonNull;

import com.espertech.esper.common.client.soda.BetweenExpression;
import com.espertech.esper.common.client.soda.Filter;
import com.espertech.esper.common.client.soda.FilterStream;
import com.espertech.esper.common.client.soda.InExpression;
import com.espertech.esper.common.client.soda.MatchRecognizeClause;
import com.espertech.esper.common.client.soda.MatchRecognizeSkipClause;
import com.espertech.esper.common.client.soda.PatternAndExpr;
import com.espertech.esper.common.client.soda.PatternEveryDistinctExpr;
import com.espertech.esper.common.client.soda.PatternEveryExpr;
import com.espertech.esper.common.client.soda.PatternExpr;
import com.espertech.esper.common.client.soda.PatternFilterExpr;
import com.espertech.esper.common.client.soda.PatternFollowedByExpr;
import com.espertech.esper.common.client.soda.PatternGuardExpr;
import com.espertech.esper.common.client.soda.PatternMatchUntilExpr;
import com.espertech.esper.common.client.soda.PatternNotExpr;
import com.espertech.esper.common.client.soda.PatternObserverExpr;
import com.espertech.esper.common.client.soda.PatternOrExpr;
import com.espertech.esper.common.client.soda.PatternStream;
import com.espertech.esper.common.client.soda.RelationalOpExpression;
import io.evenkeel.query.QueryDefinition;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Checks that the partial matches of a pattern are a function of the last few events.
 *
 * <p>The first event begins a partial match whatever else there is ({@code every}), and each partial match is over after
 * a known time and disturbs no other. Then those that are alive at any instant follow from the events of that time.
 */
final class PatternCheck {
    private final Statement statement;
    private final QueryDefinition query;
    private final Findings findings;

    private PatternCheck(Statement statement, QueryDefinition query, Findings findings) {
        this.statement = statement;
        this.query = query;
        this.findings = findings;
    }

    static void check(Statement statement, QueryDefinition query, Findings findings) {
        PatternCheck check = new PatternCheck(statement, query, findings);
        ModelWalk.each(statement.model(), PatternStream.class, stream -> check.check(stream.getExpression()));
        ModelWalk.each(statement.model(), MatchRecognizeClause.class, check::check);
        if (statement.model().getMatchRecognizeClause() != null) {
            ModelWalk.each(statement.model().getFromClause(), FilterStream.class, check::checkSearched);
        }
    }

    private void check(PatternExpr root) {
        ModelWalk.each(root, PatternExpr.class, this::checkPart);
        checkRoot(root);
        Set<String> read = types(root);
        query.inputs().stream()
                .filter(input -> input.within() == null && read.contains(input.event()))
                .forEach(input -> refuse(
                        WindowRules.RETAINED,
                        input.event(),
                        "a pattern over " + input.event() + ", which has retain alone"));
        query.inputs().stream()
                .filter(input -> input.within() != null && read.contains(input.event()))
                .filter(input ->
                        life(root, query) * 1e3 > requireNonNull(input.within()).toMillis())
                .findFirst()
                .ifPresent(input -> refuse(SequenceRules.BOUND, "pattern", "one that lasts longer"));
        if (carriesOrder()) {
            ModelWalk.each(root, Filter.class, this::checkOrder);
            checkRootBranches(root);
        }
    }

    /** True if it makes a difference which of several matches of one event comes first: matches themselves are sorted. */
    private boolean carriesOrder() {
        return !statement.insertsInto().isEmpty()
                || PlainStatements.aggregates(statement.model())
                || statement.model().getFromClause().getStreams().size() > 1;
    }

    private void checkRootBranches(PatternExpr root) {
        Set<String> seen = new HashSet<>();
        if (root instanceof PatternOrExpr) {
            for (PatternExpr branch : root.getChildren()) {
                Set<String> types = types(branch);
                if (types.stream().anyMatch(seen::contains)) {
                    refuse(SequenceRules.ORDER, "", "two branches for the same event");
                }
                seen.addAll(types);
            }
        }
    }

    private void checkRoot(PatternExpr root) {
        if (root instanceof PatternOrExpr) {
            root.getChildren().forEach(this::checkRoot);
        } else if (!(root instanceof PatternFollowedByExpr sequence
                ? isStart(sequence.getChildren().get(0))
                : isStart(root))) {
            refuse(SequenceRules.START, "pattern", "another beginning");
        } else if (Double.isInfinite(life(root, query))) {
            refuse(SequenceRules.BOUND, "pattern", "a part without a bound");
        }
    }

    private static boolean isStart(PatternExpr part) {
        return part instanceof PatternEveryExpr && part.getChildren().get(0) instanceof PatternFilterExpr;
    }

    /** How long a partial match of a whole pattern lives after the event that began it, in seconds. */
    static double life(PatternExpr root, QueryDefinition query) {
        if (root instanceof PatternOrExpr) {
            return root.getChildren().stream()
                    .mapToDouble(child -> life(child, query))
                    .max()
                    .orElse(0);
        }
        return root instanceof PatternFollowedByExpr
                ? root.getChildren().stream()
                        .skip(1)
                        .mapToDouble(part -> PatternLife.of(part, query).ends())
                        .sum()
                : 0;
    }

    private void checkPart(PatternExpr part) {
        if (part instanceof PatternFilterExpr filter && filter.getOptionalConsumptionLevel() != null) {
            refuse(SequenceRules.PARTS, "consume", "@consume");
        } else if (part instanceof PatternFollowedByExpr sequence
                && sequence.getOptionalMaxPerSubexpression() != null
                && sequence.getOptionalMaxPerSubexpression().stream().anyMatch(Objects::nonNull)) {
            refuse(SequenceRules.PARTS, "", "-> with a limit");
        } else if (part instanceof PatternObserverExpr observer
                && !(observer.getNamespace().equals("timer")
                        && observer.getName().equals("interval"))) {
            refuse(SequenceRules.PARTS, observer.getName(), observer.getNamespace() + ":" + observer.getName());
        } else if (part instanceof PatternGuardExpr guard
                && !(guard.getNamespace().equals("timer")
                        && Set.of("within", "withinmax").contains(guard.getName()))) {
            refuse(SequenceRules.PARTS, guard.getName(), "a guard of another kind");
        } else if (part instanceof PatternEveryDistinctExpr) {
            refuse(SequenceRules.START, "every-distinct", "every-distinct, which remembers what was there");
        } else if (part instanceof PatternOrExpr) {
            checkBranches(part.getChildren(), null);
        } else if (part instanceof PatternAndExpr) {
            part.getChildren().stream()
                    .filter(PatternNotExpr.class::isInstance)
                    .forEach(not -> checkBranches(part.getChildren(), not));
        } else if (part instanceof PatternMatchUntilExpr) {
            checkBranches(part.getChildren(), null);
        }
    }

    /** @param one to be compared with the others; null: each with each */
    private void checkBranches(List<PatternExpr> branches, @Nullable PatternExpr one) {
        for (PatternExpr left : branches) {
            for (PatternExpr right : branches) {
                // The root's branches begin with every, and go on side by side.
                boolean compared = left != right && (one == null || left == one);
                Set<String> common = types(left);
                common.retainAll(types(right));
                if (compared && !common.isEmpty() && !(isRoot(left) && isRoot(right))) {
                    refuse(SequenceRules.AMBIGUOUS, "", "two that wait for " + String.join(", ", common));
                    return;
                }
            }
        }
    }

    private static boolean isRoot(PatternExpr part) {
        return isStart(part)
                || part instanceof PatternFollowedByExpr
                        && isStart(part.getChildren().get(0));
    }

    private static Set<String> types(PatternExpr part) {
        Set<String> types = new HashSet<>();
        ModelWalk.each(part, Filter.class, filter -> types.add(filter.getEventTypeName()));
        return types;
    }

    private void checkOrder(Filter filter) {
        ModelWalk.each(filter, Object.class, part -> {
            boolean not = part instanceof RelationalOpExpression compared
                            && Set.of("!=", "is not").contains(compared.getOperator())
                    || part instanceof InExpression in && in.isNotIn()
                    || part instanceof BetweenExpression between && between.isNotBetween();
            if (not) {
                refuse(SequenceRules.ORDER, "", "a filter that says not");
            }
        });
    }

    private void check(MatchRecognizeClause clause) {
        if (clause.getSkipClause() != MatchRecognizeSkipClause.TO_NEXT_ROW) {
            refuse(SequenceRules.RECOGNIZE, "match_recognize", "another way to go on");
        }
        if (clause.isAll() || clause.getIntervalClause() != null) {
            refuse(SequenceRules.RECOGNIZE, "match_recognize", "all matches or interval");
        }
    }

    /** A search forgets what its window lets go at the end, not what is taken out of the middle. */
    private void checkSearched(FilterStream stream) {
        String type = stream.getFilter().getEventTypeName();
        boolean unique = query.inputs().stream()
                .anyMatch(input -> input.event().equals(type) && !input.unique().isEmpty());
        boolean other = stream.getViews() != null
                && stream.getViews().stream()
                        .anyMatch(view -> !Set.of(Windows.TIME, Windows.LENGTH).contains(view.getName()));
        if (unique || other) {
            refuse(SequenceRules.RECOGNIZE, type, "a window of another kind, or an input that declares unique");
        }
    }

    private void refuse(Rule rule, String word, String actual) {
        findings.refuse(rule, statement.lineOf(word), actual);
    }
}
