// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.node;

import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets a node die at a named step of the protocol, for tests: {@code -Devenkeel.crash=APPENDED:3} halts the process when
 * it passes the step for the third time. Off unless armed.
 */
final class CrashPoints {
    /** Tells a crash that was ordered from any other. */
    static final int EXIT_CODE = 77;

    private static final Logger LOG = LoggerFactory.getLogger(CrashPoints.class);

    private final String point;
    private final AtomicInteger left;

    private CrashPoints(String point, int passings) {
        this.point = point;
        this.left = new AtomicInteger(passings);
    }

    /** @throws IllegalArgumentException if the property is not of the form POINT:N */
    static CrashPoints ofSystemProperty() {
        String armed = System.getProperty("evenkeel.crash", "");
        if (armed.isEmpty()) {
            return new CrashPoints("", Integer.MAX_VALUE);
        }
        int colon = armed.indexOf(':');
        try {
            CrashPoints points =
                    new CrashPoints(armed.substring(0, colon), Integer.parseInt(armed.substring(colon + 1)));
            LOG.warn("This node will halt at {}", armed);
            return points;
        } catch (IndexOutOfBoundsException | NumberFormatException e) {
            throw new IllegalArgumentException("Expected evenkeel.crash=POINT:N, but it is '" + armed + "'", e);
        }
    }

    void pass(Enum<?> step) {
        if (step.name().equals(point) && left.decrementAndGet() == 0) {
            Runtime.getRuntime().halt(EXIT_CODE);
        }
    }
}
