// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.tasks.run;

/** It cannot be done as tasks or jobs stand: read again, and decide again. The message says what was expected. */
public final class TaskConflictException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final Kind kind;

    /** What the conflict is with. */
    public enum Kind {
        /** There is no such task or job. */
        MISSING,
        /** It is another than the one that the request was meant for. */
        CHANGED,
        /** It is in a state in which this cannot be done. */
        STATE,
        /** The id belongs to another request. */
        REUSED
    }

    TaskConflictException(Kind kind, String message) {
        super(message, null, false, false);
        this.kind = kind;
    }

    public Kind kind() {
        return kind;
    }
}
