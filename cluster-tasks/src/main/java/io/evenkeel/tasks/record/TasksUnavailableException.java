// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.tasks.record;

import org.jspecify.annotations.Nullable;

/** The cluster cannot answer about tasks now, or it is not known whether it did what it was asked. Try again. */
public final class TasksUnavailableException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public TasksUnavailableException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
