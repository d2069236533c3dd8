// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.history;

/** A store that is there and cannot be used: damaged, of another cluster, or of another version. */
final class UnusableStoreException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    UnusableStoreException(String message, Throwable cause) {
        super(message, cause);
    }

    UnusableStoreException(String message) {
        super(message);
    }

    @Override
    public String getMessage() {
        return String.valueOf(super.getMessage());
    }
}
