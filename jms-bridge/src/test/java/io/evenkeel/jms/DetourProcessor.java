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

/** Makes a match of each flight. Flights with an odd number cannot be reached for some time, those with an even one always. */
final class DetourProcessor implements BatchProcessor {
    static final String ONLY = "3,7";

    final List<Batch> batches = new CopyOnWriteArrayList<>();
    final AtomicInteger ended = new AtomicInteger();
    /** Whether nobody answers for odd numbers. */
    volatile boolean silent;
    /** What comes from a detour came too late for a query. */
    volatile boolean late;

    private volatile boolean open;
    private volatile CountDownLatch hold = new CountDownLatch(0);

    /** Let what comes from a detour hang until {@link #release}. */
    void hold() {
        hold = new CountDownLatch(1);
    }

    void release() {
        hold.countDown();
    }

    @Override
    public Optional<Refusal> refuse(Event event) {
        return Optional.empty();
    }

    @Override
    public BatchAnswer process(Batch batch) throws BatchFailedException, InterruptedException {
        batches.add(batch);
        boolean fromDetour = batch.source().queue().endsWith(".detour");
        if (fromDetour && !batch.items().isEmpty()) {
            hold.await();
        }
        List<OutboundMatch> matches = new ArrayList<>();
        List<DetourNotice> detours = new ArrayList<>();
        for (Inbound item : batch.items()) {
            InboundEvent event = (InboundEvent) item;
            int number = (Integer) event.event().values()[0];
            if (number % 2 == 1 && !fromDetour && open) {
                detours.add(new DetourNotice(event.messageId(), event.eventId(), ONLY));
            } else if (number % 2 == 1 && !fromDetour && silent) {
                open = true;
                throw new BatchFailedException("Nobody answers for " + number, null, true);
            } else {
                matches.add(new OutboundMatch(
                        "queue:matches", Map.of("cause", event.messageId()), String.valueOf(number), true));
            }
        }
        List<LateNotice> notices = fromDetour && late
                ? batch.items().stream()
                        .map(InboundEvent.class::cast)
                        .map(event -> new LateNotice(event.messageId(), event.eventId(), "recent", 1))
                        .toList()
                : List.of();
        return new BatchAnswer(matches, notices, detours);
    }

    @Override
    public boolean detourMayEnd(String queue) {
        return open && !silent;
    }

    @Override
    public void detourEnded(String queue) {
        open = false;
        ended.incrementAndGet();
    }

    /** What came from a queue, in the order in which it was handed over. */
    List<InboundEvent> from(String queue) {
        return batches.stream()
                .filter(batch -> batch.source().queue().equals(queue))
                .flatMap(batch -> batch.items().stream())
                .map(InboundEvent.class::cast)
                .toList();
    }
}
