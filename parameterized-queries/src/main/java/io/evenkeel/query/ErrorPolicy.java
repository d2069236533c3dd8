// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.query;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * When an instance is not shown a key any more.
 *
 * @param limit  after how many events of the key at which it threw, or took too long
 * @param budget the CPU time that it may take for one event; null: any
 */
public record ErrorPolicy(int limit, @Nullable Duration budget) {
    /** Once may be an accident of the data, three times in one key is not. */
    public static final ErrorPolicy DEFAULT = new ErrorPolicy(3, null);

    public ErrorPolicy {
        if (limit < 1) {
            throw new IllegalArgumentException("Expected a limit of errors of 1 or more, but got " + limit);
        }
        if (budget != null && (budget.isNegative() || budget.isZero())) {
            throw new IllegalArgumentException("Expected a budget above zero, but got " + budget);
        }
    }
}
