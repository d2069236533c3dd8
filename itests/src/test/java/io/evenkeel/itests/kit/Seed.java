// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.itests.kit;

import java.util.Random;

/** The number that all random choices of a run follow from. {@code -Devenkeel.seed=N} repeats a run. */
public record Seed(long value) {
    /** The one that was asked for, else a new one; it is printed with the verdict. */
    public static Seed ofRun() {
        Long given = Long.getLong("evenkeel.seed");
        return new Seed(given == null ? System.nanoTime() & 0xffff_ffffL : given);
    }

    /** Choices for one purpose: other purposes draw from other sequences, so that they do not disturb each other. */
    public Random random(String purpose) {
        return new Random(value * 31 + purpose.hashCode());
    }

    /** How to run a test with the same choices. */
    public String repeat(Class<?> test) {
        return "./mvnw -pl itests -am verify -Dit.test=" + test.getSimpleName()
                + " -Dsurefire.failIfNoSpecifiedTests=false -Dfailsafe.failIfNoSpecifiedTests=false -Devenkeel.seed="
                + value;
    }

    @Override
    public String toString() {
        return Long.toString(value);
    }
}
