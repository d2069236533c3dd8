// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.node;

import io.evenkeel.jms.EventDecoding;
import io.evenkeel.jms.Refusal;
import io.evenkeel.query.CatalogSnapshot;
import io.evenkeel.query.CatalogSnapshot.Versioned;
import io.evenkeel.query.EventType;
import io.evenkeel.query.json.EventDecoder;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Decodes bodies by the event types of the catalog as it is at that moment. */
final class CatalogDecoding implements EventDecoding {
    private final Supplier<CatalogSnapshot> catalog;
    private final Map<EventType, TypeDecoding> decoders = new ConcurrentHashMap<>();

    CatalogDecoding(Supplier<CatalogSnapshot> catalog) {
        this.catalog = catalog;
    }

    @Override
    public Optional<TypeDecoding> find(String eventType) {
        Versioned<EventType> type = catalog.get().eventTypes().get(eventType);
        return type == null ? Optional.empty() : Optional.of(decoders.computeIfAbsent(type.value(), ByType::new));
    }

    private static final class ByType implements TypeDecoding {
        private final EventDecoder decoder;

        ByType(EventType type) {
            decoder = new EventDecoder(type);
        }

        @Override
        public Decoded decode(String json) {
            return outcome(decoder.decode(json));
        }

        @Override
        public Decoded decode(byte[] json, int offset, int length) {
            return outcome(decoder.decode(json, offset, length));
        }

        @Override
        public Decoded decode(Map<String, @Nullable Object> fields) {
            return outcome(decoder.fromMap(fields));
        }

        private static Decoded outcome(io.evenkeel.query.json.Decoded decoded) {
            if (decoded instanceof io.evenkeel.query.json.Decoded.Accepted accepted) {
                return new Accepted(accepted.event());
            }
            var refused = (io.evenkeel.query.json.Decoded.Refused) decoded;
            return new Refused(new Refusal(refused.reason().name(), refused.field(), refused.message()));
        }
    }
}
