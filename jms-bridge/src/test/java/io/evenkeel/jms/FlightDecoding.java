// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.jms;

import io.evenkeel.query.EventType;
import io.evenkeel.query.EventType.Field;
import io.evenkeel.query.FieldType;
import io.evenkeel.query.json.EventDecoder;
import java.util.List;
import java.util.Optional;

/** A catalog with one event type, Flight. */
final class FlightDecoding implements EventDecoding {
    static final EventType FLIGHT = new EventType(
            "Flight", "", List.of(new Field("number", FieldType.INTEGER), new Field("origin", FieldType.STRING)));

    private final EventDecoder decoder = new EventDecoder(FLIGHT);

    @Override
    public Optional<EventDecoder> find(String eventType) {
        return eventType.equals("Flight") ? Optional.of(decoder) : Optional.empty();
    }
}
