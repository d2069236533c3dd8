// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.shard;

/**
 * Ids that are two numbers. Those of Artemis' messages are: the broker's number of the message and the time at which it took it,
 * each to the base 36, with a dash between them. A shard keeps hundreds of thousands of ids for the time in which repeats are recognised;
 * two numbers take a fifth of the memory of such a text, and nothing that the collector follows.
 */
final class NumberedId {
    /** Stands for a number where there is none. */
    static final long NONE = -1;

    private static final char DASH = '-';
    private static final int BASE = 36;
    /** One more could be too large for a long. */
    private static final int MOST_DIGITS = 12;

    private NumberedId() {}

    /** The number before the dash; {@link #NONE} if there is none that {@link #text} could have written. */
    static long first(String id) {
        return number(id, 0, id.indexOf(DASH));
    }

    /** The number behind the dash; {@link #NONE} if there is none that {@link #text} could have written. */
    static long second(String id) {
        int dash = id.indexOf(DASH);
        return dash < 0 ? NONE : number(id, dash + 1, id.length());
    }

    static String text(long first, long second) {
        return Long.toString(first, BASE) + DASH + Long.toString(second, BASE);
    }

    private static long number(String id, int from, int to) {
        int digits = to - from;
        if (digits < 1 || digits > MOST_DIGITS || digits > 1 && id.charAt(from) == '0') {
            return NONE;
        }
        long number = 0;
        for (int i = from; i < to; i++) {
            char digit = id.charAt(i);
            if (digit >= '0' && digit <= '9') {
                number = number * BASE + digit - '0';
            } else if (digit >= 'a' && digit <= 'z') {
                number = number * BASE + 10 + digit - 'a';
            } else {
                return NONE;
            }
        }
        return number;
    }
}
