// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.shard;

import java.util.List;

/**
 * The answer to a request.
 *
 * @param matches  of all its causes, in their order; of those that the log knew already, the same ones as before
 * @param late     events among the causes that queries did not see because they came too late; again the same ones
 * @param logged   causes that were new
 * @param answered causes that were logged and unconfirmed, hence delivered again: answered from kept matches (I4)
 * @param repeated events that a publisher had sent before under another message, and causes that were confirmed:
 *                 nothing was done for them
 */
public record ShardReply(int shard, List<Match> matches, List<LateEvent> late, int logged, int answered, int repeated) {
    public ShardReply {
        matches = List.copyOf(matches);
        late = List.copyOf(late);
    }
}
