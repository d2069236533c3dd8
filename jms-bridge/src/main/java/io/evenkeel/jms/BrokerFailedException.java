// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.jms;

/** A broker could not be reached, refused, or broke off. What was not committed has not happened. */
public final class BrokerFailedException extends Exception {
    private static final long serialVersionUID = 1L;

    BrokerFailedException(String expected, Throwable cause) {
        super("Expected " + expected + ", but: " + cause.getMessage(), cause);
    }
}
