// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.node;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets what passes a named step of the protocol stand still while a file is there, for tests:
 * {@code -Devenkeel.stall=SEATED:/tmp/hold}. The rest of the node goes on. Off unless armed.
 */
final class StallPoint {
    private static final Logger LOG = LoggerFactory.getLogger(StallPoint.class);
    private static final Duration LOOK = Duration.ofMillis(10);

    private final String point;
    private final Path file;

    private StallPoint(String point, Path file) {
        this.point = point;
        this.file = file;
    }

    /** @throws IllegalArgumentException if the property is not of the form POINT:FILE */
    static StallPoint ofSystemProperty() {
        String armed = System.getProperty("evenkeel.stall", "");
        int colon = armed.indexOf(':');
        if (colon < 1 && !armed.isEmpty()) {
            throw new IllegalArgumentException("Expected evenkeel.stall=POINT:FILE, but it is '" + armed + "'");
        }
        return armed.isEmpty()
                ? new StallPoint("", Path.of(""))
                : new StallPoint(armed.substring(0, colon), Path.of(armed.substring(colon + 1)));
    }

    void pass(Enum<?> step) {
        if (step.name().equals(point) && Files.exists(file)) {
            LOG.warn("Stands still at {} while {} is there", point, file);
            while (Files.exists(file)) {
                LockSupport.parkNanos(LOOK.toNanos());
            }
        }
    }
}
