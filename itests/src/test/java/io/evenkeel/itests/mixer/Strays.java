// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.itests.mixer;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.itests.kit.Cluster;
import io.evenkeel.itests.kit.RawQueue.Rejected;
import io.evenkeel.jms.tool.PublishSettings;
import io.evenkeel.jms.tool.PublishedBatch;
import io.evenkeel.jms.tool.PublishedBatch.Outcome;
import io.evenkeel.jms.tool.QueuePublisher;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * Messages that have no business among the events: repeats, and what cannot be processed. For one thread; the broker may be
 * away.
 */
final class Strays {
    private final Cluster cluster;
    private final Map<String, Sent> garbage = new TreeMap<>();

    private record Sent(Garbage kind, Outcome outcome) {}

    /** What is wrong with a message; the names are the reasons that receivers give. */
    private enum Garbage {
        NOT_JSON("Reading", "{\"id\":\"garbage-%d\",\"sensor\":"),
        UNKNOWN_TYPE("Raeding", "{\"id\":\"garbage-%d\",\"sensor\":\"s1\",\"seq\":0,\"amount\":1}"),
        NULL_KEY("Reading", "{\"id\":\"garbage-%d\",\"sensor\":null,\"seq\":0,\"amount\":1}");

        private final String type;
        private final String body;

        Garbage(String type, String body) {
            this.type = type;
            this.body = body;
        }
    }

    Strays(Cluster cluster) {
        this.cluster = cluster;
    }

    /** An event that was published before. Whether it gets there is of no account. */
    void again(String line) {
        publish(PublishSettings.to(Load.QUEUE, "Reading").withIdField("id"), line, batch -> {});
    }

    void garbage(Random random) {
        Garbage kind = Garbage.values()[random.nextInt(Garbage.values().length)];
        String body = kind.body.formatted(garbage.size());
        // Without an id, so that what may be with the broker is not sent again.
        publish(
                PublishSettings.to(Load.QUEUE, kind.type),
                body,
                batch -> garbage.put(body, new Sent(kind, batch.outcome())));
    }

    private void publish(PublishSettings settings, String line, Consumer<PublishedBatch> outcome) {
        try (QueuePublisher publisher = new QueuePublisher(cluster.connection(), settings)) {
            publisher.publish(List.of(line).iterator(), outcome);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Fail unless all garbage, and nothing else, was rejected, once, for what is wrong with it. */
    void judge(List<Rejected> rejected) {
        Map<String, Long> counts =
                rejected.stream().collect(Collectors.groupingBy(Rejected::body, TreeMap::new, Collectors.counting()));
        assertThat(garbage.keySet()).as("what can be rejected").containsAll(counts.keySet());
        garbage.forEach((body, sent) -> assertThat(counts.getOrDefault(body, 0L))
                .as("how often %s was rejected, of which is known: %s", body, sent)
                .isBetween(sent.outcome() == Outcome.OK ? 1L : 0, sent.outcome() == Outcome.FAILED ? 0 : 1L));
        assertThat(rejected)
                .allSatisfy(one -> assertThat(one.reason())
                        .as("the reason for %s", one.body())
                        .isEqualTo(garbage.get(one.body()).kind().name()));
    }
}
