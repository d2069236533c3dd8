// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.query;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;

/**
 * Points in time as ISO 8601 text with an offset ({@code 2001-01-01T00:47Z}, {@code 2001-01-01T00:47:05.250+02:00}),
 * in memory milliseconds since the epoch. Digits finer than a millisecond are cut off, as the engine's clock has none.
 */
public final class Timestamps {
    /** What {@link #parse(char[], int, int)} returns for text that is no timestamp. It is none itself. */
    public static final long NONE = Long.MIN_VALUE;

    private static final int[] DAYS_BEFORE_MONTH = {0, 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334};

    private Timestamps() {}

    /** Milliseconds since the epoch, or {@link #NONE} if the text is no timestamp with an offset. */
    public static long parse(String text) {
        return parse(text.toCharArray(), 0, text.length());
    }

    /**
     * As {@link #parse(String)}, from a parser's buffer without a copy. Text in UTC with a year of four digits takes a
     * path of arithmetic only, because a timestamp stands in nearly every event; the rest goes to the JDK.
     */
    public static long parse(char[] text, int offset, int length) {
        if (length >= 17 && text[offset + length - 1] == 'Z') {
            long millis = parseUtc(text, offset, length);
            if (millis != NONE) {
                return millis;
            }
        }
        if (length < 17 || length > 40) {
            return NONE;
        }
        try {
            return OffsetDateTime.parse(new String(text, offset, length))
                    .toInstant()
                    .toEpochMilli();
        } catch (DateTimeException | ArithmeticException e) {
            return NONE;
        }
    }

    /** Write milliseconds since the epoch; inverse of {@link #parse(String)}. */
    public static String format(long millis) {
        return Instant.ofEpochMilli(millis).toString();
    }

    /** {@code yyyy-MM-ddTHH:mm[:ss[.f{1,9}]]Z}, or {@link #NONE}. */
    private static long parseUtc(char[] t, int at, int length) {
        if (t[at + 4] != '-' || t[at + 7] != '-' || t[at + 10] != 'T' || t[at + 13] != ':') {
            return NONE;
        }
        int year = two(t, at) * 100 + two(t, at + 2);
        int month = two(t, at + 5);
        int day = two(t, at + 8);
        int hour = two(t, at + 11);
        int minute = two(t, at + 14);
        int second = 0;
        int millis = 0;
        if (length >= 20) {
            second = t[at + 16] == ':' ? two(t, at + 17) : -1;
            millis = length == 20 ? 0 : millis(t, at + 19, at + length - 1);
        } else if (length != 17) {
            return NONE;
        }
        boolean plausible = year >= 0 && month >= 1 && month <= 12 && day >= 1 && hour >= 0 && hour < 24;
        if (!plausible || minute < 0 || minute > 59 || second < 0 || second > 59 || millis < 0) {
            return NONE;
        }
        boolean leap = (year & 3) == 0 && (year % 100 != 0 || year % 400 == 0);
        int daysOfMonth = month == 2 ? (leap ? 29 : 28) : 30 + ((month + (month >> 3)) & 1);
        if (day > daysOfMonth) {
            return NONE;
        }
        int dayOfYear = DAYS_BEFORE_MONTH[month] + day - 1 + (leap && month > 2 ? 1 : 0);
        long days = year * 365L + leapDaysBefore(year) - 719_528L + dayOfYear;
        return (((days * 24 + hour) * 60 + minute) * 60 + second) * 1_000L + millis;
    }

    /** Leap days from year 0 (itself one) up to the beginning of a year; 719,528 days lie before 1970. */
    private static int leapDaysBefore(int year) {
        return (year + 3) / 4 - (year + 99) / 100 + (year + 399) / 400;
    }

    private static int two(char[] t, int at) {
        int tens = t[at] - '0';
        int ones = t[at + 1] - '0';
        // Far below zero, so that a sum with another part stays negative.
        return tens < 0 || tens > 9 || ones < 0 || ones > 9 ? -100_000 : tens * 10 + ones;
    }

    private static int millis(char[] t, int dot, int end) {
        int digits = end - dot - 1;
        if (t[dot] != '.' || digits < 1 || digits > 9) {
            return -1;
        }
        int value = 0;
        for (int i = 1; i <= Math.max(3, digits); i++) {
            int digit = i <= digits ? t[dot + i] - '0' : 0;
            if (digit < 0 || digit > 9) {
                return -1;
            }
            value = i <= 3 ? value * 10 + digit : value;
        }
        return value;
    }
}
