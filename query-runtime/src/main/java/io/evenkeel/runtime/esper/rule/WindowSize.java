// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.esper.rule;

import com.espertech.esper.common.client.soda.ConstantExpression;
import com.espertech.esper.common.client.soda.Expression;
import com.espertech.esper.common.client.soda.SubstitutionParameterExpression;
import com.espertech.esper.common.client.soda.TimePeriodExpression;
import io.evenkeel.query.Parameter;
import io.evenkeel.query.QueryDefinition;
import java.util.OptionalDouble;

/** Tells how large a window can become: its size if that is constant, else the most that the parameter allows. */
final class WindowSize {
    private static final double DAY = 86_400;

    private WindowSize() {}

    /** The greatest number of seconds; empty if there is no bound. A bare number counts seconds, as in EPL. */
    static OptionalDouble maxSeconds(Expression size, QueryDefinition query) {
        if (!(size instanceof TimePeriodExpression period)) {
            return maxNumber(size, query);
        }
        // The parts that are present, greatest unit first, are the children in this order. Months and years count as
        // their longest.
        double[] units = {
            period.isHasYears() ? 366 * DAY : 0,
            period.isHasMonths() ? 31 * DAY : 0,
            period.isHasWeeks() ? 7 * DAY : 0,
            period.isHasDays() ? DAY : 0,
            period.isHasHours() ? 3_600 : 0,
            period.isHasMinutes() ? 60 : 0,
            period.isHasSeconds() ? 1 : 0,
            period.isHasMilliseconds() ? 1e-3 : 0,
            period.isHasMicroseconds() ? 1e-6 : 0
        };
        double seconds = 0;
        int part = 0;
        for (double unit : units) {
            if (unit > 0) {
                OptionalDouble number = maxNumber(period.getChildren().get(part++), query);
                if (number.isEmpty()) {
                    return number;
                }
                seconds += unit * number.getAsDouble();
            }
        }
        return OptionalDouble.of(seconds);
    }

    /** The greatest value of a number; empty if there is no bound. */
    static OptionalDouble maxNumber(Expression number, QueryDefinition query) {
        if (number instanceof ConstantExpression constant && constant.getConstant() instanceof Number value) {
            return OptionalDouble.of(value.doubleValue());
        }
        if (number instanceof SubstitutionParameterExpression use && use.getOptionalName() != null) {
            return query.findParameter(use.getOptionalName())
                    .map(WindowSize::maximum)
                    .orElse(OptionalDouble.empty());
        }
        return OptionalDouble.empty();
    }

    /** The value of a number that is no parameter. */
    static OptionalDouble constant(Expression number) {
        return number instanceof ConstantExpression constant && constant.getConstant() instanceof Number value
                ? OptionalDouble.of(value.doubleValue())
                : OptionalDouble.empty();
    }

    private static OptionalDouble maximum(Parameter parameter) {
        if (parameter.maximum() instanceof Number maximum) {
            return OptionalDouble.of(maximum.doubleValue());
        }
        if (!parameter.allowed().isEmpty() && parameter.allowed().stream().allMatch(Number.class::isInstance)) {
            return parameter.allowed().stream()
                    .mapToDouble(value -> ((Number) value).doubleValue())
                    .max();
        }
        return OptionalDouble.empty();
    }
}
