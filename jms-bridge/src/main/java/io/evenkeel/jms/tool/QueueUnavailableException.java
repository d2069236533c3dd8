// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.jms.tool;

/** A queue could not be read: no broker, no permission, or the connection broke. Ask again when that is mended. */
public final class QueueUnavailableException extends Exception {
    private static final long serialVersionUID = 1L;

    QueueUnavailableException(String queue, Exception cause) {
        super("Expected to read queue " + queue + ", but could not: " + cause.getMessage(), cause);
    }
}
