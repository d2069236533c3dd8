// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.task;

/** A folder is no backup that can be restored here. The message says what was expected, where, and what to do. */
public final class BackupRefusedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    BackupRefusedException(String message) {
        super(message);
    }

    public BackupRefusedException(String message, Throwable cause) {
        super(message, cause);
    }
}
