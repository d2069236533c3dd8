// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.esper.function;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The functions that EPL may call. Null gives null.
 *
 * <p>StrictMath, since the results of Math may differ in the last bit from machine to machine; and no locale but the
 * root's.
 */
public final class QueryFunctions {
    private QueryFunctions() {}

    /** Absolute value. */
    public static @Nullable Integer abs(@Nullable Integer number) {
        return number == null ? null : Integer.valueOf(Math.abs(number));
    }

    /** Absolute value. */
    public static @Nullable Long abs(@Nullable Long number) {
        return number == null ? null : Long.valueOf(Math.abs(number));
    }

    /** Absolute value. */
    public static @Nullable Double abs(@Nullable Double number) {
        return number == null ? null : Double.valueOf(Math.abs(number));
    }

    /** Absolute value. */
    public static @Nullable BigDecimal abs(@Nullable BigDecimal number) {
        return number == null ? null : number.abs();
    }

    /** The least whole number that is not below it. */
    public static @Nullable Double ceil(@Nullable Double number) {
        return number == null ? null : Double.valueOf(StrictMath.ceil(number));
    }

    /** The greatest whole number that is not above it. */
    public static @Nullable Double floor(@Nullable Double number) {
        return number == null ? null : Double.valueOf(StrictMath.floor(number));
    }

    /** Rounded to a number of digits after the point; half away from zero. NaN and infinities stay. */
    public static @Nullable Double round(@Nullable Double number, @Nullable Integer digits) {
        if (number == null || digits == null) {
            return null;
        }
        return Double.isFinite(number)
                ? Double.valueOf(new BigDecimal(number.toString())
                        .setScale(Math.min(Math.max(digits, -400), 400), RoundingMode.HALF_UP)
                        .doubleValue())
                : number;
    }

    /** -1, 0 or 1. */
    public static @Nullable Double sign(@Nullable Double number) {
        return number == null ? null : Double.valueOf(StrictMath.signum(number));
    }

    /** Square root. */
    public static @Nullable Double sqrt(@Nullable Double number) {
        return number == null ? null : Double.valueOf(StrictMath.sqrt(number));
    }

    /** Power. */
    public static @Nullable Double pow(@Nullable Double base, @Nullable Double exponent) {
        return base == null || exponent == null ? null : Double.valueOf(StrictMath.pow(base, exponent));
    }

    /** The power of e. */
    public static @Nullable Double exp(@Nullable Double number) {
        return number == null ? null : Double.valueOf(StrictMath.exp(number));
    }

    /** The logarithm to the base e. */
    public static @Nullable Double ln(@Nullable Double number) {
        return number == null ? null : Double.valueOf(StrictMath.log(number));
    }

    /** The logarithm to the base 10. */
    public static @Nullable Double log10(@Nullable Double number) {
        return number == null ? null : Double.valueOf(StrictMath.log10(number));
    }

    /** Upper case, by no locale. */
    public static @Nullable String upper(@Nullable String text) {
        return text == null ? null : text.toUpperCase(Locale.ROOT);
    }

    /** Lower case, by no locale. */
    public static @Nullable String lower(@Nullable String text) {
        return text == null ? null : text.toLowerCase(Locale.ROOT);
    }
}
