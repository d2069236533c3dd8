// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.broker;

import java.io.Serial;

/** The broker did not start; the message says what to do, {@link #reason} what stood in the way. */
public final class BrokerStartException extends Exception {

    @Serial
    private static final long serialVersionUID = 1L;

    /** What stood in the way. */
    public enum Reason {
        /** Another process listens on the port. */
        PORT_IN_USE,
        /** Another broker works in the data folder. */
        DATA_IN_USE,
        /** The data folder cannot be made, read or written. */
        NO_ACCESS,
        /** Artemis failed otherwise; the cause tells. */
        FAILED
    }

    private final Reason reason;

    BrokerStartException(Reason reason, String message, Throwable cause) {
        super(message, cause);
        this.reason = reason;
    }

    BrokerStartException(Reason reason, String message) {
        super(message);
        this.reason = reason;
    }

    /** What stood in the way. */
    public Reason reason() {
        return reason;
    }
}
