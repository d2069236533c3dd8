// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.jms;

import static java.util.Objects.requireNonNull;

/**
 * A tick that arrived: a timer is due somewhere.
 *
 * @param payload as given to {@link TickSender#offer}
 */
public record InboundTick(String messageId, String payload, long ingressMs, boolean redelivered) implements Inbound {
    public InboundTick {
        requireNonNull(messageId, "messageId");
        requireNonNull(payload, "payload");
    }
}
