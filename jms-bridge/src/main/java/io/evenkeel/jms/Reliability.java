// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.jms;

/** What a receiver or sender promises. */
public enum Reliability {
    /** Acknowledge a message only in the commit that publishes its matches. The only choice for receivers of the main job. */
    APP_CONTROLLED,
    /** Of senders: a match is published in the transaction of its cause, so it needs no promise of its own. */
    BEST_EFFORT
}
