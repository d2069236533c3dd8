// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.tasks.record;

import static java.util.Objects.requireNonNull;

/**
 * A value of the {@link TaskStore}.
 *
 * @param stamp rises with each change; 0: there is nothing yet
 * @param bytes JSON. Not a copy: do not change it
 */
public record Stored(long stamp, byte[] bytes) {
    private static final int COUNTER_BITS = 32;

    public Stored {
        requireNonNull(bytes, "bytes");
        if (stamp < 1) {
            throw new IllegalArgumentException("stamp is below 1: " + stamp);
        }
    }

    /** The first stamp under a fence: greater than all under fences before. */
    public static long stampOf(long fence) {
        return fence << COUNTER_BITS;
    }
}
