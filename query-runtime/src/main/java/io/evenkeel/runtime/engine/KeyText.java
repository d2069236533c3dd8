// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.engine;

import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/** Writes the values of key fields as the one text that stands for a key in matches and on pages. */
public final class KeyText {
    private KeyText() {}

    /**
     * The text of a key. No values: empty. One: its text, unchanged. Several: joined by {@code |}, and a {@code |} or
     * {@code \} within a value gets a {@code \} before it, so that different keys have different texts.
     */
    public static String of(@Nullable Object... values) {
        if (values.length == 0) {
            return "";
        }
        if (values.length == 1) {
            return text(values[0]);
        }
        StringBuilder joined = new StringBuilder();
        for (int i = 0; i < values.length; i++) {
            if (i > 0) {
                joined.append('|');
            }
            joined.append(text(values[i]).replace("\\", "\\\\").replace("|", "\\|"));
        }
        return joined.toString();
    }

    private static String text(@Nullable Object value) {
        return value instanceof BigDecimal decimal ? decimal.toPlainString() : String.valueOf(value);
    }
}
