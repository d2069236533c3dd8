// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.esper.function;

import com.espertech.esper.common.client.hook.aggfunc.AggregationFunction;
import com.espertech.esper.common.client.hook.aggfunc.AggregationFunctionFactory;
import com.espertech.esper.common.client.hook.aggfunc.AggregationFunctionFactoryContext;
import com.espertech.esper.common.client.hook.aggfunc.AggregationFunctionForge;
import com.espertech.esper.common.client.hook.aggfunc.AggregationFunctionMode;
import com.espertech.esper.common.client.hook.aggfunc.AggregationFunctionModeManaged;
import com.espertech.esper.common.client.hook.aggfunc.AggregationFunctionValidationContext;
import com.espertech.esper.common.client.hook.forgeinject.InjectionStrategyClassNewInstance;
import com.espertech.esper.common.client.type.EPType;
import com.espertech.esper.common.client.type.EPTypeClass;
import com.espertech.esper.common.internal.epl.expression.core.ExprValidationException;
import java.math.BigDecimal;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** {@code sum} and {@code avg} without drift. Esper asks the forge while it compiles, and the factory while it runs. */
public final class ExactAggregate {
    /** What is computed. Its name in EPL is made of it. */
    public enum Kind {
        SUM(ExactNumber::sum, Double.class),
        AVERAGE(ExactNumber::average, Double.class),
        DECIMAL_SUM(ExactNumber::decimalSum, BigDecimal.class),
        DECIMAL_AVERAGE(ExactNumber::decimalAverage, BigDecimal.class),
        WHOLE_SUM(ExactNumber::wholeSum, Long.class);

        private final Answer answer;
        private final Class<?> type;

        Kind(Answer answer, Class<?> type) {
            this.answer = answer;
            this.type = type;
        }
    }

    private interface Answer {
        @Nullable
        Object of(ExactNumber number);
    }

    private ExactAggregate() {}

    /** Esper's side of {@code sum}. */
    public static final class SumForge extends Forge {
        /** Called by Esper. */
        public SumForge() {
            super(Kind.SUM, Kind.DECIMAL_SUM, Kind.WHOLE_SUM);
        }
    }

    /** Esper's side of {@code avg}. */
    public static final class AverageForge extends Forge {
        /** Called by Esper. */
        public AverageForge() {
            super(Kind.AVERAGE, Kind.DECIMAL_AVERAGE, Kind.AVERAGE);
        }
    }

    private abstract static class Forge implements AggregationFunctionForge {
        private static final Set<Class<?>> WHOLE = Set.of(
                int.class, Integer.class, long.class, Long.class, short.class, Short.class, byte.class, Byte.class);
        private static final Set<Class<?>> BROKEN = Set.of(double.class, Double.class, float.class, Float.class);

        private final Kind broken;
        private final Kind decimal;
        private final Kind whole;
        private Kind kind;

        Forge(Kind broken, Kind decimal, Kind whole) {
            this.broken = broken;
            this.decimal = decimal;
            this.whole = whole;
            this.kind = broken;
        }

        @Override
        public void validate(AggregationFunctionValidationContext context) throws ExprValidationException {
            EPType[] types = context.getParameterTypes();
            Class<?> type = types.length > 0 && types[0] instanceof EPTypeClass known ? known.getType() : Void.class;
            if (WHOLE.contains(type)) {
                kind = whole;
            } else if (BROKEN.contains(type)) {
                kind = broken;
            } else if (type == BigDecimal.class) {
                kind = decimal;
            } else {
                throw new ExprValidationException("sum and avg need numbers, but there is " + type.getSimpleName());
            }
        }

        @Override
        public EPTypeClass getValueType() {
            return new EPTypeClass(kind.type);
        }

        @Override
        public AggregationFunctionMode getAggregationFunctionMode() {
            return new AggregationFunctionModeManaged()
                    .setInjectionStrategyAggregationFunctionFactory(
                            new InjectionStrategyClassNewInstance(Factory.class).addConstant("kind", kind.name()));
        }
    }

    /** Makes the state of one group. */
    public static final class Factory implements AggregationFunctionFactory {
        private Kind kind = Kind.SUM;

        /** Called by Esper. */
        public Factory() {}

        /** Called by Esper with what the forge said. */
        public void setKind(String name) {
            kind = Kind.valueOf(name);
        }

        @Override
        public AggregationFunction newAggregator(AggregationFunctionFactoryContext context) {
            return new State(kind);
        }
    }

    private static final class State implements AggregationFunction {
        private final Kind kind;
        private final ExactNumber number = new ExactNumber();

        State(Kind kind) {
            this.kind = kind;
        }

        @Override
        public void enter(@Nullable Object value) {
            if (value instanceof Number given) {
                number.enter(given);
            }
        }

        @Override
        public void leave(@Nullable Object value) {
            if (value instanceof Number given) {
                number.leave(given);
            }
        }

        @Override
        public @Nullable Object getValue() {
            return kind.answer.of(number);
        }

        @Override
        public void clear() {
            number.clear();
        }
    }
}
