// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.itests.kit;

/**
 * Bounds of time that a test asserts. The criteria are for a machine of one's own, and {@code -Devenkeel.strict=true} asks for
 * them, as {@code -Pfaults} does; a machine that others use is given more, so that only what is broken fails there.
 */
public final class Limits {
    private static final boolean STRICT = Boolean.getBoolean("evenkeel.strict");

    private Limits() {}

    /** Whether the criteria themselves are asked for. */
    public static boolean areStrict() {
        return STRICT;
    }

    /** The bound of the criterion where those are asked for, else the wider one; both in the same unit. */
    public static int strictly(int criterion, int busyMachine) {
        return STRICT ? criterion : busyMachine;
    }
}
