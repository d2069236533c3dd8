// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.query.document;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Finds the parameters that EPL uses, {@code ?:name} or {@code ?:name:type}, outside of strings and comments. */
final class EplParameters {
    // Strings and comments come first, so that what looks like a parameter inside of them is passed over with them.
    private static final Pattern TOKEN = Pattern.compile("'(?:[^'\\\\]|\\\\.)*+'"
            + "|\"(?:[^\"\\\\]|\\\\.)*+\""
            + "|/\\*(?s:.*?)\\*/"
            + "|//[^\\r\\n]*+"
            + "|\\?\\s*:\\s*(?<name>[A-Za-z_$][A-Za-z0-9_$]*)");

    private EplParameters() {}

    /** Each parameter with the line of its first use, counted from 0 at the beginning of the EPL. */
    static Map<String, Integer> find(String epl) {
        Map<String, Integer> found = new LinkedHashMap<>();
        Matcher token = TOKEN.matcher(epl);
        while (token.find()) {
            String name = token.group("name");
            if (name != null) {
                found.computeIfAbsent(name, ignored -> lineBreaks(epl, token.start()));
            }
        }
        return found;
    }

    private static int lineBreaks(String text, int end) {
        return (int) text.substring(0, end).chars().filter(c -> c == '\n').count();
    }
}
