// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.esper.function;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * {@code regexp} and {@code like}, with an end: with Java's own regular expressions a pattern like {@code (a+)+b} takes
 * a text of 40 characters longer than anyone waits, and a long one breaks the stack, on one machine sooner than on
 * another. RE2's take a time in proportion to the text, and no stack.
 */
public final class TextMatching {
    /** In RE2's instructions: (a{1000}){1000} is short to write, too. */
    private static final int LARGEST_PATTERN = 2_000;
    /** Patterns stand in queries, so there are few; a bound all the same. */
    private static final int MOST_PATTERNS = 10_000;

    private static final Map<String, Pattern> PATTERNS = new ConcurrentHashMap<>();

    private TextMatching() {}

    /** What is wrong with a pattern; null if nothing is. */
    public static @Nullable String findFault(String pattern) {
        try {
            int size = Pattern.compile(pattern).programSize();
            return size > LARGEST_PATTERN
                    ? "one that repeats too much: it has " + size + " steps, " + LARGEST_PATTERN + " are allowed"
                    : null;
        } catch (PatternSyntaxException e) {
            return "one that is not well formed: " + e.getMessage();
        }
    }

    /** True if the whole text matches; null if the text is null. */
    public static @Nullable Boolean matches(@Nullable Object text, String pattern) {
        if (text == null) {
            return null;
        }
        if (PATTERNS.size() > MOST_PATTERNS) {
            PATTERNS.clear();
        }
        return PATTERNS.computeIfAbsent(pattern, Pattern::compile).matches(text.toString());
    }

    /**
     * True if the text is like a pattern, in which {@code %} stands for any characters and {@code _} for one; null if
     * the text is null. Takes at most length times length steps.
     */
    public static @Nullable Boolean like(@Nullable Object text, String pattern, String escape) {
        return text == null ? null : new LikePattern(pattern, escape.charAt(0)).matches(text.toString());
    }
}
