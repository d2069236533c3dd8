// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.jms;

import java.util.EnumSet;
import java.util.Set;

/**
 * What a receiver is at.
 *
 * <pre>
 * STOPPED ──► CONNECTING ──► ACTIVE ──► STOPPING ──► STOPPED
 *                 ▲  │        │  ▲          ▲
 *                 │  ▼        ▼  │          │
 *              BACKING_OFF   SUSPENDED ─────┘   (from each of the four on the left)
 * </pre>
 */
public enum ReceiverPhase {
    /** Hold nothing of the broker. */
    STOPPED,
    /** Open a connection, a session and a consumer. */
    CONNECTING,
    /** Receive, or stand by behind the consumer that has the queue. */
    ACTIVE,
    /** Wait after a failure. */
    BACKING_OFF,
    /** Wait until the cluster is safe for commits. */
    SUSPENDED,
    /** Finish the batch at hand. */
    STOPPING;

    /** The phases that may follow. */
    Set<ReceiverPhase> next() {
        return switch (this) {
            case STOPPED -> EnumSet.of(CONNECTING);
            case CONNECTING -> EnumSet.of(ACTIVE, BACKING_OFF, SUSPENDED, STOPPING);
            case ACTIVE -> EnumSet.of(BACKING_OFF, SUSPENDED, STOPPING);
            case BACKING_OFF -> EnumSet.of(CONNECTING, STOPPING);
            case SUSPENDED -> EnumSet.of(CONNECTING, ACTIVE, BACKING_OFF, STOPPING);
            case STOPPING -> EnumSet.of(STOPPED);
        };
    }
}
