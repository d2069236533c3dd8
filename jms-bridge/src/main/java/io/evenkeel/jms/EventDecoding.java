// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.jms;

import io.evenkeel.query.json.EventDecoder;
import java.util.Optional;

/** Knows how to decode the event types of the catalog as it is now. Safe for use by many threads. */
@FunctionalInterface
public interface EventDecoding {
    /** Find the decoder of an event type; empty if the catalog has no such type. Called for each message: be quick. */
    Optional<EventDecoder> find(String eventType);
}
