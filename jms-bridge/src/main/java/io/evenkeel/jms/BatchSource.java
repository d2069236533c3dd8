// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.jms;

import static java.util.Objects.requireNonNull;

/**
 * Where a batch comes from, and what is known about the batches before it.
 *
 * @param queue            name of the queue; the same on all nodes
 * @param session          names the JMS session: no other session of any node has this name, nor will have it
 * @param number           counts the batches of this session, from 1, those without items included
 * @param confirmedThrough the last batch of this session whose commit is known to have happened; 0: none
 * @param committed        how many messages this session is known to have committed; no fewer than MOST_OPEN once it has found its
 *                         queue empty. Once they are
 *                         {@link ReceiverSettings#MOST_OPEN}, together with those of sessions between, whatever another session
 *                         had logged from this queue before was committed, or came again. Messages of a high priority do not
 *                         count; 0 of a relaxed receiver, of which that cannot be known
 * @param strict           true if no other receiver gets messages of the queue at the same time
 */
public record BatchSource(
        String queue, String session, long number, long confirmedThrough, long committed, boolean strict) {
    public BatchSource {
        requireNonNull(queue, "queue");
        requireNonNull(session, "session");
        if (number < 1 || confirmedThrough < 0 || confirmedThrough >= number) {
            throw new IllegalArgumentException("Expected 0 <= confirmedThrough < number, but confirmedThrough="
                    + confirmedThrough + " number=" + number);
        }
        if (committed < 0 || committed > 0 && !strict) {
            throw new IllegalArgumentException("Expected committed >= 0, and 0 of a relaxed receiver, but committed="
                    + committed + " queue=" + queue + " session=" + session);
        }
    }
}
