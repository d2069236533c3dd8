// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.jms;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A receiver as others see it. Counts are of messages since it was started, by this receiver.
 *
 * @param since       when it came into the phase
 * @param rejected    sent to {@code <queue>.rejected}, in a transaction that was committed
 * @param redelivered received and said by the broker to have been delivered before
 * @param committed   acknowledged, the rejected among them
 * @param rolledBack  received and given back
 * @param lastFailure the last one in words, with its time; null: none yet
 */
public record ReceiverStatus(
        String name,
        String queue,
        ReceiverPhase phase,
        Instant since,
        long received,
        long rejected,
        long redelivered,
        long committed,
        long rolledBack,
        @Nullable String lastFailure) {}
