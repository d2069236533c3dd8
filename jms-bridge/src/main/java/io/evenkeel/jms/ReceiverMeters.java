// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.jms;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.util.concurrent.atomic.AtomicLong;

/** Counts of one receiver: written by its thread, read by any. */
final class ReceiverMeters {
    final AtomicLong received = new AtomicLong();
    final AtomicLong rejected = new AtomicLong();
    final AtomicLong redelivered = new AtomicLong();
    final AtomicLong committed = new AtomicLong();
    final AtomicLong rolledBack = new AtomicLong();

    private final MeterRegistry registry;
    private final Tags tags;
    private final Counter receivedMeter;
    private final Counter committedMeter;
    private final Counter rolledBackMeter;
    private final Counter rejectedMeter;
    private final Counter redeliveredMeter;
    private final DistributionSummary batchSize;
    private final Timer process;
    private final Timer commit;

    ReceiverMeters(MeterRegistry registry, String receiver) {
        this.registry = registry;
        this.tags = Tags.of("receiver", receiver);
        receivedMeter = outcome("received");
        committedMeter = outcome("committed");
        rolledBackMeter = outcome("rolled_back");
        rejectedMeter = outcome("rejected");
        redeliveredMeter = Counter.builder("evenkeel_receiver_redelivered")
                .description("Messages that the broker had delivered before")
                .tags(tags)
                .register(registry);
        batchSize = DistributionSummary.builder("evenkeel_receiver_batch_size")
                .description("Messages per transaction")
                .tags(tags)
                .register(registry);
        process = timer("process", "From the decoded batch to the answers of all owners");
        commit = timer("commit", "The commit, from call to answer");
    }

    private Counter outcome(String outcome) {
        return Counter.builder("evenkeel_receiver_messages")
                .description("Messages by what became of them")
                .tags(tags.and("outcome", outcome))
                .register(registry);
    }

    private Timer timer(String what, String description) {
        return Timer.builder("evenkeel_receiver_" + what)
                .description(description)
                .tags(tags)
                .register(registry);
    }

    void received(int messages, int redeliveries) {
        received.addAndGet(messages);
        receivedMeter.increment(messages);
        redelivered.addAndGet(redeliveries);
        redeliveredMeter.increment(redeliveries);
    }

    void processed(long nanos) {
        process.record(nanos, java.util.concurrent.TimeUnit.NANOSECONDS);
    }

    void committed(int messages, int rejections, long nanos) {
        committed.addAndGet(messages);
        committedMeter.increment(messages);
        batchSize.record(messages);
        rejected.addAndGet(rejections);
        rejectedMeter.increment(rejections);
        commit.record(nanos, java.util.concurrent.TimeUnit.NANOSECONDS);
    }

    /** Count a rejection by its reason when it is sent; it may be sent again after a rollback. */
    void rejection(Refusal refusal) {
        Counter.builder("evenkeel_receiver_rejected")
                .description("Messages found impossible to process, by reason")
                .tags(tags.and("reason", refusal.reason()))
                .register(registry)
                .increment();
    }

    /** Count an event that came too late for a query when it is sent; it may be sent again after a rollback. */
    void late(LateNotice notice) {
        Counter.builder("evenkeel_receiver_late")
                .description("Events that came after the source time of a query had passed them")
                .tags(tags.and("query", notice.query()))
                .register(registry)
                .increment();
    }

    /** Count events that go on a detour when they are sent; they may be sent again after a rollback. */
    void detoured(int events) {
        if (events > 0) {
            Counter.builder("evenkeel_receiver_detoured")
                    .description("Events sent on a detour because a node with a copy of their shard is silent")
                    .tags(tags)
                    .register(registry)
                    .increment(events);
        }
    }

    void rolledBack(int messages) {
        rolledBack.addAndGet(messages);
        rolledBackMeter.increment(messages);
    }
}
