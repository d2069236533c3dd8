// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.jms;

import java.util.List;

/**
 * What is to be sent in the transaction that acknowledges a batch.
 *
 * @param matches in the order in which they are to be published
 * @param late    events of the batch that queries did not see
 * @param detours events of the batch that are not through; only a relaxed receiver may be told any
 */
public record BatchAnswer(List<OutboundMatch> matches, List<LateNotice> late, List<DetourNotice> detours) {
    public BatchAnswer {
        matches = List.copyOf(matches);
        late = List.copyOf(late);
        detours = List.copyOf(detours);
    }

    /** Nothing takes a detour. */
    public BatchAnswer(List<OutboundMatch> matches, List<LateNotice> late) {
        this(matches, late, List.of());
    }

    /** Nothing came too late. */
    public static BatchAnswer of(List<OutboundMatch> matches) {
        return new BatchAnswer(matches, List.of());
    }
}
