// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.esper.rule;

import com.espertech.esper.common.client.soda.Expression;
import com.espertech.esper.common.client.soda.PatternAndExpr;
import com.espertech.esper.common.client.soda.PatternExpr;
import com.espertech.esper.common.client.soda.PatternFollowedByExpr;
import com.espertech.esper.common.client.soda.PatternGuardExpr;
import com.espertech.esper.common.client.soda.PatternMatchUntilExpr;
import com.espertech.esper.common.client.soda.PatternNotExpr;
import com.espertech.esper.common.client.soda.PatternObserverExpr;
import com.espertech.esper.common.client.soda.PatternOrExpr;
import io.evenkeel.query.QueryDefinition;
import java.util.List;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * How long a part of a pattern lives once it has begun, in seconds.
 *
 * @param ends   after this time it is over, whatever comes; infinite if it may wait for ever
 * @param occurs after this time it has become true, whatever comes; infinite if it may not. Never before it {@code ends}
 */
record PatternLife(double ends, double occurs) {
    private static final double NEVER = Double.POSITIVE_INFINITY;
    private static final PatternLife UNBOUNDED = new PatternLife(NEVER, NEVER);

    static PatternLife of(PatternExpr part, QueryDefinition query) {
        List<PatternLife> parts =
                part.getChildren().stream().map(child -> of(child, query)).toList();
        if (part instanceof PatternFollowedByExpr) {
            return new PatternLife(
                    parts.stream().mapToDouble(PatternLife::ends).sum(),
                    parts.stream().mapToDouble(PatternLife::occurs).sum());
        }
        if (part instanceof PatternOrExpr) {
            // One that becomes true ends the others.
            double occurs =
                    parts.stream().mapToDouble(PatternLife::occurs).min().orElse(NEVER);
            double ends = parts.stream().mapToDouble(PatternLife::ends).max().orElse(NEVER);
            return new PatternLife(Math.min(ends, occurs), occurs);
        }
        if (part instanceof PatternAndExpr) {
            // What must not happen does not prolong: it ends with the rest. Without a rest there is no end.
            double ends = part.getChildren().stream()
                    .filter(child -> !(child instanceof PatternNotExpr))
                    .mapToDouble(child -> of(child, query).ends())
                    .max()
                    .orElse(NEVER);
            double occurs =
                    parts.stream().mapToDouble(PatternLife::occurs).max().orElse(NEVER);
            return new PatternLife(ends, occurs);
        }
        if (part instanceof PatternGuardExpr guard) {
            double limit = isTimer(guard.getNamespace(), guard.getName(), "within", "withinmax")
                    ? seconds(guard.getParameters(), query)
                    : NEVER;
            PatternLife guarded = parts.get(0);
            return new PatternLife(
                    Math.min(limit, guarded.ends()), guarded.occurs() < limit ? guarded.occurs() : NEVER);
        }
        if (part instanceof PatternObserverExpr observer
                && isTimer(observer.getNamespace(), observer.getName(), "interval")) {
            double time = seconds(observer.getParameters(), query);
            return new PatternLife(time, time);
        }
        if (part instanceof PatternMatchUntilExpr until) {
            return until(until, parts);
        }
        // An event, or every: both wait for ever.
        return UNBOUNDED;
    }

    private static PatternLife until(PatternMatchUntilExpr until, List<PatternLife> parts) {
        if (parts.size() > 1) {
            double occurs = parts.get(1).occurs();
            return new PatternLife(occurs, until.getLow() == null && until.getSingle() == null ? occurs : NEVER);
        }
        Expression most = until.getSingle() == null ? until.getHigh() : until.getSingle();
        OptionalDouble times = most == null ? OptionalDouble.empty() : WindowSize.constant(most);
        return times.isEmpty()
                ? UNBOUNDED
                : new PatternLife(
                        times.getAsDouble() * parts.get(0).ends(),
                        times.getAsDouble() * parts.get(0).occurs());
    }

    private static boolean isTimer(String namespace, String name, String... names) {
        return namespace.equals("timer") && List.of(names).contains(name);
    }

    private static double seconds(@Nullable List<Expression> parameters, QueryDefinition query) {
        return parameters == null || parameters.isEmpty()
                ? NEVER
                : WindowSize.maxSeconds(parameters.get(0), query).orElse(NEVER);
    }
}
