// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.jms;

import java.util.List;

/**
 * What is to be sent in the transaction that acknowledges a batch.
 *
 * @param matches in the order in which they are to be published
 * @param late    events of the batch that queries did not see
 */
public record BatchAnswer(List<OutboundMatch> matches, List<LateNotice> late) {
    public BatchAnswer {
        matches = List.copyOf(matches);
        late = List.copyOf(late);
    }

    /** Nothing came too late. */
    public static BatchAnswer of(List<OutboundMatch> matches) {
        return new BatchAnswer(matches, List.of());
    }
}
