// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.node;

import io.evenkeel.jms.EventDecoding;
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
    private final Map<EventType, EventDecoder> decoders = new ConcurrentHashMap<>();
    private volatile @Nullable ByName latest;

    /** Looking a type up by its name is what each message costs; its fields are compared once a revision. */
    private record ByName(CatalogSnapshot catalog, Map<String, EventDecoder> decoders) {}

    CatalogDecoding(Supplier<CatalogSnapshot> catalog) {
        this.catalog = catalog;
    }

    @Override
    public Optional<EventDecoder> find(String eventType) {
        CatalogSnapshot now = catalog.get();
        ByName known = latest;
        if (known == null || known.catalog() != now) {
            known = new ByName(now, new ConcurrentHashMap<>());
            latest = known;
        }
        EventDecoder decoder = known.decoders().get(eventType);
        if (decoder == null) {
            Versioned<EventType> type = now.eventTypes().get(eventType);
            if (type == null) {
                return Optional.empty();
            }
            decoder = decoders.computeIfAbsent(type.value(), EventDecoder::new);
            known.decoders().put(eventType, decoder);
        }
        return Optional.of(decoder);
    }
}
