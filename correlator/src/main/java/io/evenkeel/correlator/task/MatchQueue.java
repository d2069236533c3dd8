// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.task;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import io.evenkeel.correlator.http.MatchHistory;
import io.evenkeel.jms.BrokerFailedException;
import io.evenkeel.jms.JmsProperties;
import io.evenkeel.jms.MatchForwarder;
import io.evenkeel.jms.OutboundMatch;
import io.evenkeel.jms.connection.ConnectionSettings;
import io.evenkeel.jms.connection.Destination;
import io.evenkeel.query.json.ExactJson;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A queue of another broker, or of the same one: each match is a persistent message as the cluster itself sends it. One that
 * is sent again is dropped by the broker, as long as that remembers its id. For one thread.
 */
final class MatchQueue implements ForwardTarget {
    private static final Map<String, String> PROPERTIES = Map.of(
            "event", JmsProperties.MESSAGE_TYPE,
            "id", JmsProperties.MATCH_ID,
            "query", JmsProperties.QUERY,
            "instance", JmsProperties.INSTANCE,
            "version", JmsProperties.VERSION,
            "key", JmsProperties.KEY,
            "cause", JmsProperties.CAUSE);

    private final String destination;
    private final MatchForwarder forwarder;

    MatchQueue(ConnectionSettings broker, String queue) throws BrokerFailedException {
        this.destination = Destination.queue(queue).toString();
        this.forwarder = MatchForwarder.open(broker);
    }

    @Override
    public void write(List<MatchHistory.Entry> matches) throws BrokerFailedException, IOException {
        List<OutboundMatch> messages = new ArrayList<>(matches.size());
        for (MatchHistory.Entry match : matches) {
            messages.add(message(match.json()));
        }
        forwarder.send(messages);
    }

    private OutboundMatch message(String json) throws IOException {
        JsonNode match = ExactJson.MAPPER.readTree(json);
        Map<String, String> properties = new LinkedHashMap<>();
        PROPERTIES.forEach(
                (field, property) -> properties.put(property, match.path(field).asText()));
        return new OutboundMatch(destination, properties, bodyOf(json), true);
    }

    /** To the letter, so that no number is written in another way; empty if the feed does not carry it. */
    static String bodyOf(String json) throws IOException {
        try (JsonParser parser = ExactJson.MAPPER.createParser(json)) {
            parser.nextToken();
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                boolean body = parser.currentName().equals("body");
                parser.nextToken();
                int from = (int) parser.currentTokenLocation().getCharOffset();
                if (body && parser.currentToken() == JsonToken.VALUE_NULL) {
                    return "";
                }
                parser.skipChildren();
                if (body) {
                    return json.substring(from, (int) parser.currentLocation().getCharOffset());
                }
            }
            return "";
        }
    }

    @Override
    public void close() {
        forwarder.close();
    }
}
