// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.jms;

import io.evenkeel.query.Event;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/** Keeps what it is handed and answers a match for each event, with its number as body, to {@code queue:matches}. */
final class RecordingProcessor implements BatchProcessor {
    final List<Batch> batches = new CopyOnWriteArrayList<>();
    final AtomicInteger failures = new AtomicInteger();
    /** The flight that is too late for two queries. */
    volatile int lateNumber = -1;

    private volatile CountDownLatch hold = new CountDownLatch(0);
    private final AtomicInteger held = new AtomicInteger();

    @Override
    public Optional<Refusal> refuse(Event event) {
        return event.values()[1] == null
                ? Optional.of(new Refusal("NULL_KEY", "origin", "The key has no value"))
                : Optional.empty();
    }

    @Override
    public BatchAnswer process(Batch batch) throws BatchFailedException, InterruptedException {
        batches.add(batch);
        if (!batch.items().isEmpty()) {
            held.incrementAndGet();
            hold.await();
            held.decrementAndGet();
        }
        if (!batch.items().isEmpty() && failures.getAndUpdate(n -> Math.max(0, n - 1)) > 0) {
            throw new BatchFailedException("Failed as the test wants it", null);
        }
        List<OutboundMatch> matches = new ArrayList<>();
        List<LateNotice> late = new ArrayList<>();
        for (Inbound item : batch.items()) {
            if (item instanceof InboundEvent event && event.event().values()[0].equals(lateNumber)) {
                for (String query : List.of("delays", "gates")) {
                    late.add(new LateNotice(event.messageId(), event.eventId(), query, 250));
                }
            } else if (item instanceof InboundEvent event) {
                matches.add(new OutboundMatch(
                        "queue:matches",
                        Map.of("cause", event.messageId()),
                        String.valueOf(event.event().values()[0]),
                        true));
            }
        }
        return new BatchAnswer(matches, late);
    }

    /** Let each following batch hang until {@link #release}. */
    void hold() {
        hold = new CountDownLatch(1);
    }

    void release() {
        hold.countDown();
    }

    boolean holdsABatch() {
        return held.get() > 0 && hold.getCount() > 0;
    }

    /** Numbers of the flights of all batches that it was handed, also of those that failed. */
    List<Integer> numbers() {
        return batches.stream()
                .flatMap(batch -> batch.items().stream())
                .map(item -> (Integer) ((InboundEvent) item).event().values()[0])
                .toList();
    }

    List<Batch> withItems() {
        return batches.stream().filter(batch -> !batch.items().isEmpty()).toList();
    }
}
