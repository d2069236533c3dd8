// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.jms;

import org.jspecify.annotations.Nullable;

/** A batch could not be processed now. Roll back and try again later: the broker delivers it again. */
public final class BatchFailedException extends Exception {
    private static final long serialVersionUID = 1L;

    private final boolean atOnce;

    public BatchFailedException(String message, @Nullable Throwable cause) {
        this(message, cause, false);
    }

    /**
     * @param atOnce whether the batch can be processed if it comes again in another session, so that there is no need to wait; the
     *               processor answers for it that this does not go on for ever
     */
    public BatchFailedException(String message, @Nullable Throwable cause, boolean atOnce) {
        super(message, cause);
        this.atOnce = atOnce;
    }

    boolean atOnce() {
        return atOnce;
    }
}
