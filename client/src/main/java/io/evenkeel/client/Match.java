// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.client;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.function.Function;

/**
 * A match, as it is sent to its queue.
 *
 * @param id      the JMS property {@code evenkeelMatchId}: the same whenever and wherever it is computed
 * @param version of the query
 * @param key     values of the key fields as text
 * @param cause   message id of the event that led to it, or of what made a timer fire, with the shard
 * @param event   type of the output event
 * @param body    its fields; JSON null if it is longer than 16,000 characters: then it is on the queue only
 */
public record Match(
        String id,
        String query,
        String instance,
        int version,
        String key,
        String cause,
        String event,
        String destination,
        JsonNode body)
        implements MatchNews {
    @Override
    public <R> R fold(Function<Match, R> match, Function<Gap, R> gap) {
        return match.apply(this);
    }
}
