// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.itests.kit;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Waits for what other processes do: named, bounded, and with what was seen if it did not come. */
public final class Await {
    private static final long LOOK_AGAIN_NANOS = 100_000_000;

    private final Runnable alarm;

    /** @param alarm called before each look; throws if waiting on is useless, such as when a node died */
    public Await(Runnable alarm) {
        this.alarm = alarm;
    }

    /**
     * Wait until a condition holds.
     *
     * @param what as in "Expected WHAT within 8 s"
     * @param seen tells the state of things for the message
     */
    public void until(String what, Duration limit, Supplier<String> seen, BooleanSupplier condition) {
        value(what, limit, seen, () -> condition.getAsBoolean() ? Optional.of(true) : Optional.empty());
    }

    /** Wait until there is a value. */
    public <T> T value(String what, Duration limit, Supplier<String> seen, Supplier<Optional<T>> source) {
        long deadline = System.nanoTime() + limit.toNanos();
        while (true) {
            Optional<T> found = source.get();
            if (found.isPresent()) {
                return found.get();
            }
            alarm.run();
            if (System.nanoTime() - deadline >= 0) {
                throw new AssertionError(
                        "Expected %s within %d s, but: %s".formatted(what, limit.toSeconds(), seen.get()));
            }
            LockSupport.parkNanos(LOOK_AGAIN_NANOS);
        }
    }
}
