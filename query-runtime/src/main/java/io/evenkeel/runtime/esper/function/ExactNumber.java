// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.esper.function;

import java.math.BigDecimal;
import java.math.MathContext;
import org.jspecify.annotations.Nullable;

/**
 * The sum of the numbers that are in a window, exactly.
 *
 * <p>A running sum of doubles keeps a rounding error of each number that ever entered: 0.1 + 0.2 - 0.1 is not 0.2. After
 * a replay from a trimmed log, the sum would differ in its last digits, and so would the matches. Here nothing is
 * rounded but the answer. For the same reason decimals lose the zeros at their end, which they inherit from numbers that
 * have left.
 */
final class ExactNumber {
    private BigDecimal finite = BigDecimal.ZERO;
    private long count;
    private long nans;
    private long positive;
    private long negative;

    void enter(Number number) {
        change(number, 1);
    }

    void leave(Number number) {
        change(number, -1);
    }

    void clear() {
        finite = BigDecimal.ZERO;
        count = 0;
        nans = 0;
        positive = 0;
        negative = 0;
    }

    private void change(Number number, int by) {
        count += by;
        double value = number.doubleValue();
        if (Double.isNaN(value)) {
            nans += by;
        } else if (!(number instanceof BigDecimal) && Double.isInfinite(value)) {
            if (value > 0) {
                positive += by;
            } else {
                negative += by;
            }
        } else {
            BigDecimal exact = exact(number);
            finite = count == 0 ? BigDecimal.ZERO : by > 0 ? finite.add(exact) : finite.subtract(exact);
        }
    }

    private static BigDecimal exact(Number number) {
        if (number instanceof BigDecimal decimal) {
            return decimal;
        }
        return number instanceof Double || number instanceof Float
                ? new BigDecimal(number.doubleValue())
                : BigDecimal.valueOf(number.longValue());
    }

    @Nullable
    Double sum() {
        return count == 0 ? null : Double.valueOf(rounded(finite));
    }

    @Nullable
    Double average() {
        // Two roundings, the first of them to more digits than a double has: the same for the same numbers.
        return count == 0
                ? null
                : Double.valueOf(rounded(finite.divide(BigDecimal.valueOf(count), MathContext.DECIMAL128)));
    }

    private double rounded(BigDecimal value) {
        if (nans > 0 || positive > 0 && negative > 0) {
            return Double.NaN;
        }
        return positive > 0 ? Double.POSITIVE_INFINITY : negative > 0 ? Double.NEGATIVE_INFINITY : value.doubleValue();
    }

    @Nullable
    BigDecimal decimalSum() {
        return count == 0 ? null : plain(finite);
    }

    @Nullable
    BigDecimal decimalAverage() {
        return count == 0 ? null : plain(finite.divide(BigDecimal.valueOf(count), MathContext.DECIMAL128));
    }

    /** The sum of whole numbers, which wraps around like theirs. */
    @Nullable
    Long wholeSum() {
        return count == 0 ? null : Long.valueOf(finite.toBigInteger().longValue());
    }

    private static BigDecimal plain(BigDecimal value) {
        BigDecimal stripped = value.stripTrailingZeros();
        return stripped.scale() < 0 ? stripped.setScale(0) : stripped;
    }
}
