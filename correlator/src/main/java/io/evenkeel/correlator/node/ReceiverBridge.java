// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.node;

import io.evenkeel.correlator.hazelcast.FeedWriter;
import io.evenkeel.jms.Batch;
import io.evenkeel.jms.BatchAnswer;
import io.evenkeel.jms.BatchFailedException;
import io.evenkeel.jms.BatchProcessor;
import io.evenkeel.jms.BatchSource;
import io.evenkeel.jms.DetourNotice;
import io.evenkeel.jms.Inbound;
import io.evenkeel.jms.InboundEvent;
import io.evenkeel.jms.InboundTick;
import io.evenkeel.jms.JmsProperties;
import io.evenkeel.jms.LateNotice;
import io.evenkeel.jms.OutboundMatch;
import io.evenkeel.jms.Refusal;
import io.evenkeel.query.Event;
import io.evenkeel.runtime.hazelcast.Progress;
import io.evenkeel.runtime.hazelcast.Routed;
import io.evenkeel.runtime.hazelcast.RoutingFailedException;
import io.evenkeel.runtime.hazelcast.ShardRouter;
import io.evenkeel.runtime.hazelcast.Tick;
import io.evenkeel.runtime.shard.Cause;
import io.evenkeel.runtime.shard.Match;
import io.evenkeel.runtime.shard.Source;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Joins receivers, which know nothing of shards, to the router, which knows nothing of JMS. */
final class ReceiverBridge implements BatchProcessor {
    /** Between the number of all shards and those that an event is for. */
    private static final String OF = ":";

    /** The reason of a rejected event that lacks a key or time field of a query. */
    static final String NULL_KEY = "NULL_KEY";

    private static final Logger LOG = LoggerFactory.getLogger(ReceiverBridge.class);

    private final ShardRouter router;
    private final Progress progress;
    private final FeedWriter feed;
    private final String tickQueue;
    private final Set<String> notPersistent;
    private final Map<String, Session> sessions = new ConcurrentHashMap<>();

    private record Session(String queue, long generation) {}

    /** @param notPersistent destinations, as queries write them, where matches need not outlive the broker */
    ReceiverBridge(
            ShardRouter router, Progress progress, FeedWriter feed, String tickQueue, Set<String> notPersistent) {
        this.router = router;
        this.progress = progress;
        this.feed = feed;
        this.tickQueue = tickQueue;
        this.notPersistent = notPersistent;
    }

    @Override
    public Optional<Refusal> refuse(Event event) {
        return router.findMissing(event)
                .map(field -> new Refusal(
                        NULL_KEY,
                        field,
                        "Expected a value in field " + field
                                + ", which is a key or the time of a query, but it is null."));
    }

    @Override
    public BatchAnswer process(Batch batch) throws BatchFailedException, InterruptedException {
        try {
            Source source = source(batch.source());
            Map<String, Tick> ticks = new HashMap<>();
            Map<String, List<Integer>> only = new HashMap<>();
            List<Cause> causes = new ArrayList<>(batch.items().size());
            for (Inbound item : batch.items()) {
                if (item instanceof InboundEvent event) {
                    causes.add(
                            new Cause.EventCause(event.messageId(), event.eventId(), event.event(), event.ingressMs()));
                    if (!event.only().isEmpty()) {
                        only.put(event.messageId(), shards(event.only()));
                    }
                } else {
                    addTick((InboundTick) item, causes, ticks);
                }
            }
            Routed routed = router.process(source, causes, ticks, only);
            if (causes.isEmpty() && source.strict() && !source.queue().equals(tickQueue)) {
                progress.idle(source.queue());
            }
            // Before they are sent and committed: so no reader misses one, whoever dies meanwhile.
            feed.keep(routed.matches(), source.strict());
            return new BatchAnswer(
                    routed.matches().stream().map(this::outbound).toList(),
                    late(routed, batch),
                    detours(routed, batch));
        } catch (RoutingFailedException e) {
            throw new BatchFailedException(String.valueOf(e.getMessage()), e, e.atOnce());
        }
    }

    private List<DetourNotice> detours(Routed routed, Batch batch) {
        if (routed.detours().isEmpty()) {
            return List.of();
        }
        List<DetourNotice> notices = new ArrayList<>();
        for (Inbound item : batch.items()) {
            List<Integer> shards = routed.detours().get(item.messageId());
            if (shards != null && item instanceof InboundEvent event) {
                notices.add(new DetourNotice(
                        event.messageId(),
                        event.eventId(),
                        router.shards()
                                + OF
                                + shards.stream().map(String::valueOf).collect(Collectors.joining(","))));
            }
        }
        return notices;
    }

    /** The inverse, of what {@link #refuseDetour} lets through. */
    private static List<Integer> shards(String only) {
        return Arrays.stream(only.substring(only.indexOf(OF) + 1).split(",", -1))
                .map(Integer::valueOf)
                .toList();
    }

    /** A key is in another shard if there are more of them, or fewer. */
    @Override
    public Optional<Refusal> refuseDetour(String only) {
        boolean ours = only.matches(router.shards() + OF + "[0-9]{1,6}(,[0-9]{1,6})*")
                && shards(only).stream().allMatch(shard -> shard < router.shards());
        return ours
                ? Optional.empty()
                : Optional.of(Refusal.of(
                        Refusal.OTHER_SHARDS,
                        "The event was set aside in a cluster with another number of shards than " + router.shards()
                                + ". shards=" + only));
    }

    @Override
    public boolean detourMayEnd(String queue) {
        return router.detourMayEnd(queue);
    }

    @Override
    public void detourEnded(String queue) {
        router.detourEnded(queue);
    }

    private static List<LateNotice> late(Routed routed, Batch batch) {
        if (routed.late().isEmpty()) {
            return List.of();
        }
        Map<String, String> eventIds = new HashMap<>();
        for (Inbound item : batch.items()) {
            if (item instanceof InboundEvent event) {
                eventIds.put(event.messageId(), event.eventId());
            }
        }
        return routed.late().stream()
                .map(late -> new LateNotice(
                        late.messageId(),
                        eventIds.getOrDefault(late.messageId(), late.messageId()),
                        late.query(),
                        late.lateMs()))
                .toList();
    }

    @Override
    public void closed(String session) {
        Session ended = sessions.remove(session);
        if (ended != null) {
            progress.left(ended.queue());
        }
    }

    private Source source(BatchSource source) throws RoutingFailedException, InterruptedException {
        Session session = sessions.get(source.session());
        if (session == null) {
            session = new Session(
                    source.queue(),
                    source.strict()
                            ? router.nextGeneration(source.queue())
                            : router.nextRelaxedGeneration(source.queue()));
            sessions.put(source.session(), session);
        }
        return new Source(
                source.queue(),
                session.generation(),
                source.number(),
                source.confirmedThrough(),
                source.committed(),
                source.strict());
    }

    private static void addTick(InboundTick item, List<Cause> causes, Map<String, Tick> ticks) {
        try {
            Tick tick = Tick.parse(item.payload());
            ticks.put(item.messageId(), tick);
            causes.add(tick.cause(item.messageId(), item.ingressMs()));
        } catch (IllegalArgumentException e) {
            LOG.warn("A message in the tick queue is no tick and is dropped: {}", e.getMessage());
        }
    }

    private OutboundMatch outbound(Match match) {
        Map<String, String> properties = new LinkedHashMap<>();
        properties.put(JmsProperties.MESSAGE_TYPE, match.event());
        properties.put(JmsProperties.MATCH_ID, match.id());
        properties.put(JmsProperties.QUERY, match.instance().query());
        properties.put(JmsProperties.INSTANCE, match.instance().name());
        properties.put(JmsProperties.VERSION, Integer.toString(match.version()));
        properties.put(JmsProperties.KEY, match.key());
        properties.put(JmsProperties.CAUSE, match.cause());
        return new OutboundMatch(
                match.destination(), properties, match.body(), !notPersistent.contains(match.destination()));
    }
}
