// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.query;

import static java.util.Map.entry;

import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Durations as people write them: {@code 2 hours}, {@code 30 s}, {@code 500 ms}, {@code 1 day 12 h}, or ISO 8601
 * ({@code PT2H}). Whole milliseconds, from zero to {@link #LONGEST}: the clock of the engine counts milliseconds.
 */
public final class Durations {
    /** About 270 years. Below it, seconds with milliseconds are exact in a double. */
    public static final Duration LONGEST = Duration.ofDays(100_000);

    private static final String EXPECTED =
            "Expected a duration in whole milliseconds such as 500 ms, 30 s, 5 minutes, 2 hours, 1 day or PT2H, up to "
                    + LONGEST.toDays() + " days, but it is ";
    private static final Pattern PART = Pattern.compile("\\s*(\\d{1,15}(?:\\.\\d{1,9})?)\\s*([a-z]+)\\s*");
    private static final Map<String, Long> MILLIS = Map.ofEntries(
            entry("ms", 1L),
            entry("millisecond", 1L),
            entry("milliseconds", 1L),
            entry("s", 1_000L),
            entry("sec", 1_000L),
            entry("second", 1_000L),
            entry("seconds", 1_000L),
            entry("min", 60_000L),
            entry("minute", 60_000L),
            entry("minutes", 60_000L),
            entry("h", 3_600_000L),
            entry("hour", 3_600_000L),
            entry("hours", 3_600_000L),
            entry("d", 86_400_000L),
            entry("day", 86_400_000L),
            entry("days", 86_400_000L),
            entry("week", 604_800_000L),
            entry("weeks", 604_800_000L));

    private Durations() {}

    /**
     * Parse a duration; inverse of {@link #format}.
     *
     * @throws IllegalArgumentException if it is none; the message says what was expected and quotes the text
     */
    public static Duration parse(String text) {
        String lower = text.strip().toLowerCase(Locale.ROOT);
        try {
            Duration duration = lower.startsWith("p") ? Duration.parse(lower) : parseParts(lower);
            if (!duration.isNegative() && duration.compareTo(LONGEST) <= 0 && duration.getNano() % 1_000_000 == 0) {
                return duration;
            }
        } catch (DateTimeException | ArithmeticException e) {
            throw new IllegalArgumentException(EXPECTED + Wording.quote(text), e);
        }
        throw new IllegalArgumentException(EXPECTED + Wording.quote(text));
    }

    private static Duration parseParts(String text) {
        BigDecimal millis = BigDecimal.ZERO;
        Matcher part = PART.matcher(text);
        int end = 0;
        while (end < text.length() && part.find() && part.start() == end) {
            Long unit = MILLIS.get(part.group(2));
            if (unit == null) {
                throw new ArithmeticException("unknown unit " + part.group(2));
            }
            millis = millis.add(new BigDecimal(part.group(1)).multiply(BigDecimal.valueOf(unit)));
            end = part.end();
        }
        if (end == 0 || end < text.length()) {
            throw new ArithmeticException("not a number and a unit");
        }
        return Duration.ofMillis(millis.longValueExact());
    }

    /** Write a duration in the largest unit that divides it: {@code 90 minutes}, {@code 1 day}, {@code 1500 ms}. */
    public static String format(Duration duration) {
        long millis = duration.toMillis();
        if (millis == 0) {
            return "0 s";
        }
        if (millis % 86_400_000 == 0) {
            return counted(millis / 86_400_000, "day");
        }
        if (millis % 3_600_000 == 0) {
            return counted(millis / 3_600_000, "hour");
        }
        if (millis % 60_000 == 0) {
            return counted(millis / 60_000, "minute");
        }
        return millis % 1_000 == 0 ? millis / 1_000 + " s" : millis + " ms";
    }

    private static String counted(long count, String unit) {
        return count + " " + unit + (count == 1 ? "" : "s");
    }

    /** The value of a parameter of type duration as a query sees it: seconds. Exact for what {@link #parse} yields. */
    public static double toSeconds(Duration duration) {
        return BigDecimal.valueOf(duration.toMillis(), 3).doubleValue();
    }

    /** Inverse of {@link #toSeconds}. */
    public static Duration ofSeconds(double seconds) {
        return Duration.ofMillis(Math.round(seconds * 1_000));
    }
}
