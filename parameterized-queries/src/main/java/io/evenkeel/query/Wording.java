// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.query;

import java.util.Collection;
import org.jspecify.annotations.Nullable;

/** How messages show what a stranger wrote: quoted, cut, and with the nearest name that would have been right. */
public final class Wording {
    private static final int LONGEST_QUOTE = 200;
    private static final int LONGEST_COMPARED = 60;

    private Wording() {}

    /** Quote a value of a user, cut at 200 characters and without line breaks, so that a message stays one line. */
    public static String quote(@Nullable Object value) {
        if (value == null) {
            return "null";
        }
        String text = value.toString();
        boolean cut = text.length() > LONGEST_QUOTE;
        String shown = cut ? text.substring(0, LONGEST_QUOTE) : text;
        shown = shown.replace("\r", "\\r").replace("\n", "\\n").replace("\t", "\\t");
        return "'" + shown + (cut ? "…' (" + text.length() + " characters)" : "'");
    }

    /** The end of a message about an unknown name: the one that was probably meant, else all known ones. */
    public static String suggest(String given, Collection<String> known) {
        String nearest = null;
        int least = Integer.MAX_VALUE;
        for (String candidate : known) {
            int distance = distance(given, candidate);
            if (distance < least) {
                least = distance;
                nearest = candidate;
            }
        }
        if (nearest != null && least <= Math.max(1, Math.min(given.length(), nearest.length()) / 3)) {
            return "did you mean " + nearest + "?";
        }
        return known.isEmpty() ? "none is known." : "known: " + String.join(", ", known) + ".";
    }

    /** Edits between two names in any case; names beyond 60 characters are compared by their beginnings. */
    private static int distance(String left, String right) {
        String a = left.substring(0, Math.min(LONGEST_COMPARED, left.length()));
        String b = right.substring(0, Math.min(LONGEST_COMPARED, right.length()));
        int[] previous = new int[b.length() + 1];
        for (int j = 0; j < previous.length; j++) {
            previous[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int[] row = new int[b.length() + 1];
            row[0] = i;
            for (int j = 1; j < row.length; j++) {
                boolean same = Character.toLowerCase(a.charAt(i - 1)) == Character.toLowerCase(b.charAt(j - 1));
                row[j] = Math.min(Math.min(row[j - 1], previous[j]) + 1, previous[j - 1] + (same ? 0 : 1));
            }
            previous = row;
        }
        return previous[b.length()];
    }
}
