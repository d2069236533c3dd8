// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.esper.rule;

import com.espertech.esper.common.client.soda.AnnotationAttribute;
import com.espertech.esper.common.client.soda.AnnotationPart;
import com.espertech.esper.common.client.soda.ArithmaticExpression;
import com.espertech.esper.common.client.soda.ArrayExpression;
import com.espertech.esper.common.client.soda.AvgProjectionExpression;
import com.espertech.esper.common.client.soda.BetweenExpression;
import com.espertech.esper.common.client.soda.BitwiseOpExpression;
import com.espertech.esper.common.client.soda.CaseSwitchExpression;
import com.espertech.esper.common.client.soda.CaseWhenThenExpression;
import com.espertech.esper.common.client.soda.CastExpression;
import com.espertech.esper.common.client.soda.CoalesceExpression;
import com.espertech.esper.common.client.soda.CompareListExpression;
import com.espertech.esper.common.client.soda.ConcatExpression;
import com.espertech.esper.common.client.soda.Conjunction;
import com.espertech.esper.common.client.soda.ConstantExpression;
import com.espertech.esper.common.client.soda.CountProjectionExpression;
import com.espertech.esper.common.client.soda.CountStarProjectionExpression;
import com.espertech.esper.common.client.soda.CreateSchemaClause;
import com.espertech.esper.common.client.soda.CrontabFrequencyExpression;
import com.espertech.esper.common.client.soda.CrontabParameterExpression;
import com.espertech.esper.common.client.soda.CrontabParameterSetExpression;
import com.espertech.esper.common.client.soda.CrontabRangeExpression;
import com.espertech.esper.common.client.soda.CurrentTimestampExpression;
import com.espertech.esper.common.client.soda.Disjunction;
import com.espertech.esper.common.client.soda.DotExpression;
import com.espertech.esper.common.client.soda.DotExpressionItemCall;
import com.espertech.esper.common.client.soda.DotExpressionItemName;
import com.espertech.esper.common.client.soda.EPStatementObjectModel;
import com.espertech.esper.common.client.soda.ExpressionDeclaration;
import com.espertech.esper.common.client.soda.Filter;
import com.espertech.esper.common.client.soda.FilterStream;
import com.espertech.esper.common.client.soda.FirstProjectionExpression;
import com.espertech.esper.common.client.soda.FromClause;
import com.espertech.esper.common.client.soda.GroupByClause;
import com.espertech.esper.common.client.soda.GroupByClauseExpressionCombination;
import com.espertech.esper.common.client.soda.GroupByClauseExpressionGroupingSet;
import com.espertech.esper.common.client.soda.GroupByClauseExpressionRollupOrCube;
import com.espertech.esper.common.client.soda.GroupByClauseExpressionSingle;
import com.espertech.esper.common.client.soda.GroupingExpression;
import com.espertech.esper.common.client.soda.GroupingIdExpression;
import com.espertech.esper.common.client.soda.InExpression;
import com.espertech.esper.common.client.soda.InsertIntoClause;
import com.espertech.esper.common.client.soda.InstanceOfExpression;
import com.espertech.esper.common.client.soda.LambdaExpression;
import com.espertech.esper.common.client.soda.LastProjectionExpression;
import com.espertech.esper.common.client.soda.LikeExpression;
import com.espertech.esper.common.client.soda.MatchRecognizeClause;
import com.espertech.esper.common.client.soda.MatchRecognizeDefine;
import com.espertech.esper.common.client.soda.MatchRecognizeIntervalClause;
import com.espertech.esper.common.client.soda.MatchRecognizeRegExAlteration;
import com.espertech.esper.common.client.soda.MatchRecognizeRegExAtom;
import com.espertech.esper.common.client.soda.MatchRecognizeRegExConcatenation;
import com.espertech.esper.common.client.soda.MatchRecognizeRegExNested;
import com.espertech.esper.common.client.soda.MatchRecognizeRegExPermutation;
import com.espertech.esper.common.client.soda.MatchRecognizeRegExRepeat;
import com.espertech.esper.common.client.soda.MaxProjectionExpression;
import com.espertech.esper.common.client.soda.MaxRowExpression;
import com.espertech.esper.common.client.soda.MedianProjectionExpression;
import com.espertech.esper.common.client.soda.MethodInvocationStream;
import com.espertech.esper.common.client.soda.MinProjectionExpression;
import com.espertech.esper.common.client.soda.MinRowExpression;
import com.espertech.esper.common.client.soda.NamedParameterExpression;
import com.espertech.esper.common.client.soda.NewInstanceOperatorExpression;
import com.espertech.esper.common.client.soda.NewOperatorExpression;
import com.espertech.esper.common.client.soda.NotExpression;
import com.espertech.esper.common.client.soda.OrderByClause;
import com.espertech.esper.common.client.soda.OrderByElement;
import com.espertech.esper.common.client.soda.OuterJoinQualifier;
import com.espertech.esper.common.client.soda.OutputLimitClause;
import com.espertech.esper.common.client.soda.PatternAndExpr;
import com.espertech.esper.common.client.soda.PatternEveryDistinctExpr;
import com.espertech.esper.common.client.soda.PatternEveryExpr;
import com.espertech.esper.common.client.soda.PatternFilterExpr;
import com.espertech.esper.common.client.soda.PatternFollowedByExpr;
import com.espertech.esper.common.client.soda.PatternGuardExpr;
import com.espertech.esper.common.client.soda.PatternMatchUntilExpr;
import com.espertech.esper.common.client.soda.PatternNotExpr;
import com.espertech.esper.common.client.soda.PatternObserverExpr;
import com.espertech.esper.common.client.soda.PatternOrExpr;
import com.espertech.esper.common.client.soda.PatternStream;
import com.espertech.esper.common.client.soda.PlugInProjectionExpression;
import com.espertech.esper.common.client.soda.PreviousExpression;
import com.espertech.esper.common.client.soda.PriorExpression;
import com.espertech.esper.common.client.soda.PropertyExistsExpression;
import com.espertech.esper.common.client.soda.PropertyValueExpression;
import com.espertech.esper.common.client.soda.PropertyValueExpressionPair;
import com.espertech.esper.common.client.soda.RegExpExpression;
import com.espertech.esper.common.client.soda.RelationalOpExpression;
import com.espertech.esper.common.client.soda.RowLimitClause;
import com.espertech.esper.common.client.soda.SQLStream;
import com.espertech.esper.common.client.soda.SchemaColumnDesc;
import com.espertech.esper.common.client.soda.SelectClause;
import com.espertech.esper.common.client.soda.SelectClauseExpression;
import com.espertech.esper.common.client.soda.SelectClauseStreamWildcard;
import com.espertech.esper.common.client.soda.SelectClauseWildcard;
import com.espertech.esper.common.client.soda.SingleRowMethodExpression;
import com.espertech.esper.common.client.soda.StreamWildcardExpression;
import com.espertech.esper.common.client.soda.SubqueryExistsExpression;
import com.espertech.esper.common.client.soda.SubqueryExpression;
import com.espertech.esper.common.client.soda.SubqueryInExpression;
import com.espertech.esper.common.client.soda.SubqueryQualifiedExpression;
import com.espertech.esper.common.client.soda.SubstitutionParameterExpression;
import com.espertech.esper.common.client.soda.SumProjectionExpression;
import com.espertech.esper.common.client.soda.TimePeriodExpression;
import com.espertech.esper.common.client.soda.View;
import com.espertech.esper.common.client.soda.WildcardExpression;
import com.espertech.esper.common.client.soda.WindowProjectionExpression;
import java.util.Locale;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/** What EPL may be made of. All that is not here is refused, so a new version of Esper brings nothing in unseen. */
public final class Allowed {
    static final Set<Class<?>> PARTS = Set.of(
            AnnotationAttribute.class,
            AnnotationPart.class,
            ArithmaticExpression.class,
            ArrayExpression.class,
            AvgProjectionExpression.class,
            BetweenExpression.class,
            BitwiseOpExpression.class,
            CaseSwitchExpression.class,
            CaseWhenThenExpression.class,
            CastExpression.class,
            CoalesceExpression.class,
            CompareListExpression.class,
            ConcatExpression.class,
            Conjunction.class,
            ConstantExpression.class,
            CountProjectionExpression.class,
            CountStarProjectionExpression.class,
            CreateSchemaClause.class,
            CrontabFrequencyExpression.class,
            CrontabParameterExpression.class,
            CrontabParameterSetExpression.class,
            CrontabRangeExpression.class,
            CurrentTimestampExpression.class,
            Disjunction.class,
            DotExpression.class,
            DotExpressionItemCall.class,
            DotExpressionItemName.class,
            EPStatementObjectModel.class,
            ExpressionDeclaration.class,
            Filter.class,
            FilterStream.class,
            FirstProjectionExpression.class,
            FromClause.class,
            GroupByClause.class,
            GroupByClauseExpressionCombination.class,
            GroupByClauseExpressionGroupingSet.class,
            GroupByClauseExpressionRollupOrCube.class,
            GroupByClauseExpressionSingle.class,
            GroupingExpression.class,
            GroupingIdExpression.class,
            InExpression.class,
            InsertIntoClause.class,
            InstanceOfExpression.class,
            LambdaExpression.class,
            LastProjectionExpression.class,
            LikeExpression.class,
            MatchRecognizeClause.class,
            MatchRecognizeDefine.class,
            MatchRecognizeIntervalClause.class,
            MatchRecognizeRegExAlteration.class,
            MatchRecognizeRegExAtom.class,
            MatchRecognizeRegExConcatenation.class,
            MatchRecognizeRegExNested.class,
            MatchRecognizeRegExPermutation.class,
            MatchRecognizeRegExRepeat.class,
            MaxProjectionExpression.class,
            MaxRowExpression.class,
            MedianProjectionExpression.class,
            MinProjectionExpression.class,
            MinRowExpression.class,
            NamedParameterExpression.class,
            NotExpression.class,
            OrderByClause.class,
            OrderByElement.class,
            OuterJoinQualifier.class,
            OutputLimitClause.class,
            PatternAndExpr.class,
            PatternEveryDistinctExpr.class,
            PatternEveryExpr.class,
            PatternFilterExpr.class,
            PatternFollowedByExpr.class,
            PatternGuardExpr.class,
            PatternMatchUntilExpr.class,
            PatternNotExpr.class,
            PatternObserverExpr.class,
            PatternOrExpr.class,
            PatternStream.class,
            PreviousExpression.class,
            PropertyExistsExpression.class,
            PropertyValueExpression.class,
            PropertyValueExpressionPair.class,
            RegExpExpression.class,
            RelationalOpExpression.class,
            RowLimitClause.class,
            SingleRowMethodExpression.class,
            SchemaColumnDesc.class,
            SelectClause.class,
            SelectClauseExpression.class,
            SelectClauseStreamWildcard.class,
            SelectClauseWildcard.class,
            StreamWildcardExpression.class,
            SubqueryExistsExpression.class,
            SubqueryExpression.class,
            SubqueryInExpression.class,
            SubqueryQualifiedExpression.class,
            SubstitutionParameterExpression.class,
            SumProjectionExpression.class,
            TimePeriodExpression.class,
            View.class,
            WildcardExpression.class,
            WindowProjectionExpression.class);

    static final Set<String> ANNOTATIONS = Set.of("Name", "Description", "Tag");

    /** By which cast, instanceof and create schema may name a type; lower case. */
    static final Set<String> TYPES = Set.of(
            "boolean",
            "bool",
            "int",
            "integer",
            "long",
            "double",
            "float",
            "short",
            "byte",
            "string",
            "bigdecimal",
            "java.math.bigdecimal");

    /** Ours: see the package of functions. */
    private static final Set<String> FUNCTIONS =
            Set.of("abs", "ceil", "floor", "round", "sqrt", "pow", "exp", "ln", "log10", "sign", "upper", "lower");

    /** Of text; none depends on the locale of the machine, and none takes a regular expression. */
    private static final Set<String> TEXT = Set.of(
            "length",
            "contains",
            "startsWith",
            "endsWith",
            "indexOf",
            "lastIndexOf",
            "isEmpty",
            "isBlank",
            "substring",
            "trim",
            "strip",
            "concat",
            "charAt",
            "equalsIgnoreCase",
            "compareTo",
            "compareToIgnoreCase");

    /** Of lists, of windows above all. */
    private static final Set<String> LISTS = Set.of(
            "where",
            "selectFrom",
            "countOf",
            "sumOf",
            "average",
            "min",
            "max",
            "minBy",
            "maxBy",
            "firstOf",
            "lastOf",
            "allOf",
            "anyOf",
            "take",
            "takeLast",
            "takeWhile",
            "takeWhileLast",
            "orderBy",
            "orderByDesc",
            "distinctOf",
            "reverse",
            "aggregate",
            "except",
            "intersect",
            "union",
            "sequenceEqual");

    /** Of timestamps, in UTC. Weeks are missing: where one begins depends on the machine. */
    private static final Set<String> TIMES = Set.of(
            "plus",
            "minus",
            "getMillisOfSecond",
            "getSecondOfMinute",
            "getMinuteOfHour",
            "getHourOfDay",
            "getDayOfWeek",
            "getDayOfMonth",
            "getDayOfYear",
            "getMonthOfYear",
            "getYear",
            "roundCeiling",
            "roundFloor",
            "roundHalf",
            "withTime",
            "withDate",
            "before",
            "after",
            "between");

    private Allowed() {}

    /** Functions that stand before their arguments, such as {@code abs(v)}; sorted. */
    public static SortedSet<String> functions() {
        return new TreeSet<>(FUNCTIONS);
    }

    /** Methods of text; sorted. */
    public static SortedSet<String> textMethods() {
        return new TreeSet<>(TEXT);
    }

    /** Methods of lists; sorted. */
    public static SortedSet<String> listMethods() {
        return new TreeSet<>(LISTS);
    }

    /** Methods of timestamps; sorted. */
    public static SortedSet<String> timeMethods() {
        return new TreeSet<>(TIMES);
    }

    /** Types that a query may name; sorted. */
    public static SortedSet<String> types() {
        return new TreeSet<>(TYPES);
    }

    static boolean method(String name) {
        return TEXT.contains(name) || LISTS.contains(name) || TIMES.contains(name);
    }

    static boolean function(String name) {
        return FUNCTIONS.contains(name);
    }

    /** An aggregate that the class-based list does not have: over all that ever was, or with rounding that drifts. */
    static boolean isEver(Object part) {
        return part.getClass().getSimpleName().endsWith("ProjectionExpression") || part instanceof PriorExpression;
    }

    /** The word by which an author knows a part; empty if it has none of its own. */
    static String word(Object part) {
        String name = part.getClass().getSimpleName();
        if (part instanceof PlugInProjectionExpression named) {
            return named.getFunctionName();
        }
        if (part instanceof SQLStream) {
            return "sql";
        }
        if (part instanceof MethodInvocationStream) {
            return "method";
        }
        if (part instanceof NewOperatorExpression || part instanceof NewInstanceOperatorExpression) {
            return "new";
        }
        return name.endsWith("ProjectionExpression")
                ? name.substring(0, name.length() - "ProjectionExpression".length())
                        .toLowerCase(Locale.ROOT)
                : part instanceof PriorExpression ? "prior" : "";
    }
}
