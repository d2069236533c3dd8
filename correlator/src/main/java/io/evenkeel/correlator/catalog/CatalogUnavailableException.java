// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.catalog;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The catalog cannot be changed now: the cluster is unsafe, this node is in a minority, or it is not known yet how the
 * change ended. Repeat it later, under the same id if there is one.
 */
public final class CatalogUnavailableException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final Duration retryAfter;
    private final @Nullable String change;

    /** Nothing changed. @param retryAfter when it may be worth another try */
    public CatalogUnavailableException(String message, Duration retryAfter) {
        this(message, retryAfter, null);
    }

    /** @param change id of a change that may be in force or come into force; null: nothing changed */
    public CatalogUnavailableException(String message, Duration retryAfter, @Nullable String change) {
        super(message);
        this.retryAfter = requireNonNull(retryAfter, "retryAfter");
        this.change = change;
    }

    /** The same, where it is not known how this change ended. */
    CatalogUnavailableException about(String id) {
        return new CatalogUnavailableException(String.valueOf(getMessage()), retryAfter, id);
    }

    public Duration retryAfter() {
        return retryAfter;
    }

    /** The change whose end is not known; null: nothing changed. */
    public @Nullable String change() {
        return change;
    }
}
