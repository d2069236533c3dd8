// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.jms;

/** A message that can be processed. */
public sealed interface Inbound permits InboundEvent, InboundTick {
    /** Names the message: the same when it is delivered again, and nothing that a publisher can choose. */
    String messageId();

    /** When the broker took the message, in ms since the epoch by its clock; 0: the broker does not tell. */
    long ingressMs();

    /** True if the broker has delivered the message before, to whomever. */
    boolean redelivered();
}
