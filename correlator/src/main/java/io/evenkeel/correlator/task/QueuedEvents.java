// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.task;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.evenkeel.jms.BrokerFailedException;
import io.evenkeel.jms.InboundEvent;
import io.evenkeel.jms.QueuePages;
import io.evenkeel.jms.connection.ConnectionSettings;
import io.evenkeel.query.EventType;
import io.evenkeel.query.json.EventDecoder;
import io.evenkeel.querytest.QueryTrial;
import io.evenkeel.querytest.TrialEvent;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Publishes to a trial what a queue holds, such as {@code <queue>.rejected}, and counts what its event types do not fit. Takes
 * nothing away. For one thread.
 */
final class QueuedEvents implements AutoCloseable {
    private static final String NULL_KEY = "NULL_KEY";

    private final QueryTrial trial;
    private final QueuePages pages;
    private final SortedMap<String, Integer> refused = new TreeMap<>();
    private long read;
    private long nowMs;

    /** A message that names no type has the only one that is defined. */
    QueuedEvents(ConnectionSettings broker, String queue, QueryTrial trial) throws BrokerFailedException {
        List<EventType> types = trial.definitions().eventTypes();
        Map<String, EventDecoder> decoders = new HashMap<>();
        types.forEach(type -> decoders.put(type.name(), new EventDecoder(type)));
        this.trial = trial;
        this.pages = QueuePages.open(
                broker,
                queue,
                type -> Optional.ofNullable(decoders.get(type)),
                types.size() == 1 ? types.get(0).name() : null);
    }

    /** Publishes what follows. False: that was all. */
    boolean publish(int most) throws BrokerFailedException {
        QueuePages.Page page = pages.next(most);
        page.refused().forEach(refusal -> count(refusal.reason()));
        page.events().forEach(this::publish);
        read += page.messages();
        return page.messages() > 0;
    }

    private void publish(InboundEvent event) {
        // A message that came back to its place may be older than those before it.
        nowMs = Math.max(nowMs, event.ingressMs());
        try {
            trial.publish(new TrialEvent(event.eventId(), nowMs, event.event()));
        } catch (IllegalArgumentException e) {
            count(NULL_KEY);
        }
    }

    private void count(String reason) {
        refused.merge(reason, 1, Integer::sum);
    }

    long read() {
        return read;
    }

    /** How many messages there were, and of how many nothing could be made, by reason. */
    String summary() {
        ObjectNode summary = JsonNodeFactory.instance.objectNode().put("messages", read);
        ObjectNode reasons = summary.putObject("refused");
        refused.forEach(reasons::put);
        return summary.toString();
    }

    @Override
    public void close() {
        pages.close();
    }
}
