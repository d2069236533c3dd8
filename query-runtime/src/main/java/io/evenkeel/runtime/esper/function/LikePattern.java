// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.esper.function;

/** A pattern of {@code like}, matched without recursion: a later {@code %} never has to take back what an earlier took. */
record LikePattern(String pattern, char escape) {

    boolean matches(String text) {
        int at = 0;
        int in = 0;
        int afterPercent = -1;
        int retryAt = -1;
        while (at < text.length()) {
            int width = in < pattern.length() ? width(in) : 0;
            if (width == 1 && pattern.charAt(in) == '%') {
                afterPercent = ++in;
                retryAt = at;
            } else if (width > 0 && matchesOne(in, width, text.charAt(at))) {
                in += width;
                at++;
            } else if (afterPercent >= 0) {
                in = afterPercent;
                at = ++retryAt;
            } else {
                return false;
            }
        }
        while (in < pattern.length() && pattern.charAt(in) == '%') {
            in++;
        }
        return in == pattern.length();
    }

    /** 2 for an escaped character. */
    private int width(int in) {
        return pattern.charAt(in) == escape && in + 1 < pattern.length() ? 2 : 1;
    }

    private boolean matchesOne(int in, int width, char character) {
        return width == 2
                ? pattern.charAt(in + 1) == character
                : pattern.charAt(in) == '_' || pattern.charAt(in) == character;
    }
}
