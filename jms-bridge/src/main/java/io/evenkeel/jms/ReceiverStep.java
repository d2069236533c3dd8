// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.jms;

/** The steps of a batch that a crash can come between; told to a listener, where crash points are armed. */
public enum ReceiverStep {
    /** The batch is here, or its first part; nothing of it has been logged. */
    RECEIVED,
    /** The batch is logged and its matches are in the transaction. */
    SENT,
    /** The gate was open; the commit is the next call. */
    BEFORE_COMMIT,
    /** The broker has confirmed the commit; no owner knows. */
    AFTER_COMMIT
}
