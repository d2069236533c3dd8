// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.hazelcast;

import com.hazelcast.cluster.Member;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.IExecutorService;
import com.hazelcast.map.IMap;
import io.evenkeel.query.Event;
import io.evenkeel.runtime.plan.QueryPlans;
import io.evenkeel.runtime.plan.SourceTimes;
import io.evenkeel.runtime.shard.Cause;
import io.evenkeel.runtime.shard.Cause.EventCause;
import io.evenkeel.runtime.shard.Cause.TickCause;
import io.evenkeel.runtime.shard.CauseBlock;
import io.evenkeel.runtime.shard.LateEvent;
import io.evenkeel.runtime.shard.Match;
import io.evenkeel.runtime.shard.ShardReply;
import io.evenkeel.runtime.shard.ShardRequest;
import io.evenkeel.runtime.shard.Source;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The receiver's side: splits a batch by shard, asks the owners, and gathers their matches.
 *
 * <p>What an owner does not serve is asked of the next one until the deadline: the grid may just be handing a shard over,
 * or has not yet noticed that a node is dead.
 *
 * <p><b>Threads.</b> One per session; sessions of several queues at once.
 */
public final class ShardRouter {
    private static final Logger LOG = LoggerFactory.getLogger(ShardRouter.class);
    /**
     * How long a confirmation that goes alone is waited for. Events may come meanwhile, and with that of the owner no longer than a
     * queue that is idle is taken to be read ({@link Progress}): a tick would overtake them.
     */
    private static final long ONCE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    /** How often a relaxed batch that waits is looked after. */
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
    /** Numbers of sessions that are held in store for each relaxed queue. */
    private static final int SPARES = 4;

    /** Between two tellings of all shards that nothing is open of earlier sessions. */
    private static final long SETTLE_NANOS = TimeUnit.SECONDS.toNanos(30);

    private static final long RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    private final HazelcastInstance grid;
    private final ShardHost host;
    private final Supplier<QueryPlans> plans;
    private final Duration deadline;
    private final IExecutorService executor;
    private final OpenWrites writes;
    private final Detours detours;
    private final Map<String, Queue<Long>> spares = new ConcurrentHashMap<>();
    private final Map<String, Told> told = new HashMap<>();
    private final LongAdder repeated = new LongAdder();
    private final LongAdder answered = new LongAdder();
    private final LongAdder retries = new LongAdder();
    private final LongAdder stale = new LongAdder();

    /** @param deadline for one batch; longer than the grid takes to replace a dead owner */
    public ShardRouter(HazelcastInstance grid, ShardHost host, Supplier<QueryPlans> plans, Duration deadline) {
        this.grid = grid;
        this.host = host;
        this.plans = plans;
        this.deadline = deadline;
        this.executor = grid.getExecutorService(Grid.APPLY);
        this.writes = OpenWrites.of(grid);
        this.detours = new Detours(grid, host.places(), host.backups(), host.minimum());
    }

    /**
     * A number for a new session on a queue, higher than all before it in the cluster. Blocks on the grid, at most for the
     * time of a batch.
     *
     * @throws RoutingFailedException if the grid does not answer
     */
    public long nextGeneration(String queue) throws RoutingFailedException, InterruptedException {
        IMap<String, Long> generations = grid.getMap(Grid.GENERATIONS);
        long start = System.nanoTime();
        while (true) {
            try {
                long left = Math.max(1, start + deadline.toNanos() - System.nanoTime());
                return writes.watch(generations.submitToKey(queue, new NextGeneration()))
                        .get(left, TimeUnit.NANOSECONDS);
            } catch (ExecutionException | TimeoutException e) {
                // Often a node has just died: that is why there is a new session. A number may be left out.
                if (host.minority() || System.nanoTime() - start > deadline.toNanos()) {
                    throw new RoutingFailedException(
                            "Expected the grid to number a session of " + queue + " within " + deadline.toMillis()
                                    + " ms, but it did not",
                            e);
                }
                pause();
            }
        }
    }

    /**
     * The same for a relaxed queue, whose sessions have to be told apart and need no order: from a store, which is filled again
     * meanwhile. When a node is frozen a new session is wanted at once, and its number may lie with just that node.
     */
    public long nextRelaxedGeneration(String queue) throws RoutingFailedException, InterruptedException {
        Queue<Long> store = spares.computeIfAbsent(queue, name -> new ConcurrentLinkedQueue<>());
        Long spare = store.poll();
        IMap<String, Long> generations = grid.getMap(Grid.GENERATIONS);
        for (int i = store.size(); i < SPARES; i++) {
            generations.submitToKey(queue, new NextGeneration()).thenAccept(store::add);
        }
        return spare == null ? nextGeneration(queue) : spare;
    }

    /** Before something is asked for again. */
    private void pause() throws InterruptedException {
        retries.increment();
        LockSupport.parkNanos(RETRY_NANOS);
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
    }

    /** How many shards the cluster has. */
    public int shards() {
        return host.places().shards();
    }

    /** The field for lack of which an event cannot be routed; empty if it can. */
    public Optional<String> findMissing(Event event) {
        return plans.get().findMissing(event);
    }

    /**
     * Has a batch logged and applied by the owners of its shards. When it returns, all of it is logged.
     *
     * @param causes in receive order
     * @param ticked the shards that a tick is for, by the message id of its cause
     */
    public Routed process(Source source, List<Cause> causes, Map<String, Tick> ticked)
            throws RoutingFailedException, InterruptedException {
        return process(source, causes, ticked, Map.of());
    }

    /**
     * The same with events that come from a detour.
     *
     * @param only the shards that such an event is still for, by the message id of its cause; the others have had it
     * @throws RoutingFailedException also of a relaxed source, soon and {@linkplain RoutingFailedException#atOnce to be repeated
     *     at once}, if a node is silent; the next session has the shards that need it on a detour
     */
    public Routed process(Source source, List<Cause> causes, Map<String, Tick> ticked, Map<String, List<Integer>> only)
            throws RoutingFailedException, InterruptedException {
        QueryPlans current = plans.get();
        SortedMap<String, Long> watermarks = host.progress().watermarks(current);
        RunningSources sources =
                new RunningSources(current, watermarks, host.progress().sources());
        Split split = new Split(current, sources, ticked, only, detours.shards(source.queue()));
        for (Cause cause : causes) {
            split.add(cause);
        }
        SortedMap<Integer, List<Cause>> byShard = split.byShard;
        SortedMap<Integer, ShardRequest> todo = new TreeMap<>();
        byShard.forEach(
                (shard, part) -> todo.put(shard, new ShardRequest(shard, source, watermarks, CauseBlock.of(part))));
        for (int shard : unheard(source, byShard.keySet(), causes.isEmpty())) {
            todo.computeIfAbsent(shard, confirmOnly -> new ShardRequest(shard, source, watermarks, CauseBlock.empty()));
        }
        Routed routed = askAll(new Asking(current, source, causes.isEmpty()), todo, split.detoured);
        holdTime(source.queue(), causes, split.detoured);
        note(source.queue(), causes, sources.reached());
        return routed;
    }

    /** What a session told which shard last: the number of the batch. Guarded by the map that it is in. */
    private static final class Told {
        private final long generation;
        private final SortedMap<Integer, Long> batches = new TreeMap<>();
        private long settledNanos = System.nanoTime() - SETTLE_NANOS;

        Told(long generation) {
            this.generation = generation;
        }
    }

    /**
     * The shards that hold batches of this session of whose commit they have not heard, and will not hear otherwise. Now and then all of
     * them, if it settles the sessions before it and has time: these may have left something where no events come any more. Again, since a
     * shard that does not answer, or moves, does not know.
     */
    private Collection<Integer> unheard(Source source, Set<Integer> shards, boolean idle) {
        synchronized (told) {
            Told session = told.get(source.queue());
            if (session == null || session.generation != source.generation()) {
                session = new Told(source.generation());
                told.put(source.queue(), session);
            }
            Set<Integer> unheard = new TreeSet<>();
            if (idle
                    && source.committed() >= host.settledAfter()
                    && System.nanoTime() - session.settledNanos >= SETTLE_NANOS) {
                session.settledNanos = System.nanoTime();
                IntStream.range(0, shards()).forEach(unheard::add);
            }
            session.batches.entrySet().removeIf(batch -> {
                boolean committed = batch.getValue() <= source.confirmedThrough();
                if (committed && !shards.contains(batch.getKey())) {
                    unheard.add(batch.getKey());
                }
                return committed;
            });
            for (int shard : shards) {
                session.batches.put(shard, source.batch());
            }
            return unheard;
        }
    }

    /** A batch by shards. */
    private static final class Split {
        private final QueryPlans plans;
        private final RunningSources sources;
        private final Map<String, Tick> ticked;
        private final Map<String, List<Integer>> only;
        private final SortedSet<Integer> detour;
        private final SortedMap<Integer, List<Cause>> byShard = new TreeMap<>();
        private final Map<String, List<Integer>> detoured = new HashMap<>();

        Split(
                QueryPlans plans,
                RunningSources sources,
                Map<String, Tick> ticked,
                Map<String, List<Integer>> only,
                SortedSet<Integer> detour) {
            this.plans = plans;
            this.sources = sources;
            this.ticked = ticked;
            this.only = only;
            this.detour = detour;
        }

        void add(Cause cause) throws RoutingFailedException {
            if (cause instanceof EventCause event) {
                EventCause marked = sources.mark(event);
                List<Integer> asked = only.isEmpty() ? null : only.get(cause.messageId());
                if (asked == null) {
                    for (int shard : plans.shardsOf(event.event())) {
                        add(shard, marked);
                    }
                } else {
                    for (int shard : asked) {
                        add(shard, marked);
                    }
                }
            } else {
                Tick tick = ticked.get(cause.messageId());
                for (int shard : tick == null ? List.<Integer>of() : tick.shards()) {
                    put(shard, cause);
                }
            }
        }

        private void add(int shard, EventCause event) throws RoutingFailedException {
            if (detour.isEmpty() || !detour.contains(shard)) {
                put(shard, event);
                return;
            }
            if (isOnSourceTime(plans, event)) {
                // Source time would go on without it, and it would come too late.
                throw new RoutingFailedException(
                        "Expected an owner for event " + event.messageId() + ", which a query on source time reads, but"
                                + " shard " + shard + " has a copy on a node that is silent, and such an event takes no"
                                + " detour. It waits. type="
                                + event.event().type().name(),
                        null);
            }
            detoured.computeIfAbsent(event.messageId(), id -> new ArrayList<>(1))
                    .add(shard);
        }

        private void put(int shard, Cause cause) {
            if (shard < plans.shards()) {
                byShard.computeIfAbsent(shard, s -> new ArrayList<>()).add(cause);
            }
        }
    }

    private static boolean isOnSourceTime(QueryPlans plans, EventCause event) {
        return !plans.advancedBy(event.event().type().name()).isEmpty();
    }

    /** No tick may pass what is on a detour, as none may pass what waits in its queue. */
    private void holdTime(String queue, List<Cause> causes, Map<String, List<Integer>> detoured) {
        if (!detoured.isEmpty()) {
            for (Cause cause : causes) {
                if (detoured.containsKey(cause.messageId())) {
                    detours.took(queue, cause.ingressMs());
                }
            }
            keepTime(queue);
        }
    }

    private void keepTime(String queue) {
        long first = detours.first(queue);
        if (first != Long.MAX_VALUE) {
            host.progress().readThrough(detourOf(queue), first);
        }
    }

    /** What the detour of this node's receiver is called where it is about time. */
    private String detourOf(String queue) {
        return queue + ".detour@" + host.node();
    }

    /**
     * Whether a queue has a detour, and everybody is back who was silent: it may end as soon as nothing is on its way there. Does
     * not block. Must be asked more often than every few seconds while there is one, or time is not kept any more.
     */
    public boolean detourMayEnd(String queue) {
        keepTime(queue);
        return detours.mayEnd(queue);
    }

    /** From now on all events of a queue go to their owners again. Nothing that this receiver sent on a detour is there any more. */
    public void detourEnded(String queue) {
        LOG.info("The detour of {} ends", queue);
        boolean held = detours.first(queue) != Long.MAX_VALUE;
        detours.end(queue);
        if (held) {
            host.progress().idle(detourOf(queue));
        }
    }

    /** The shards whose events this node's receiver of a queue sends on a detour now; none if there is no detour. */
    public SortedSet<Integer> detour(String queue) {
        return detours.shards(queue);
    }

    private void note(String queue, List<Cause> causes, SourceTimes reached) {
        Progress progress = host.progress();
        for (Cause cause : causes) {
            if (cause instanceof TickCause tick) {
                progress.raiseSources(tick.watermarks());
            }
        }
        for (int i = causes.size() - 1; i >= 0; i--) {
            progress.sawIngress(causes.get(i).ingressMs());
            if (causes.get(i) instanceof EventCause last) {
                // What takes a detour is not logged yet, and comes again if the batch is rolled back.
                progress.readThrough(queue, Math.min(last.ingressMs(), detours.first(queue)));
                break;
            }
        }
        progress.raiseSources(reached);
    }

    /** What a request is about. @param once do not insist: a confirmation is repeated with the next batch anyway */
    private record Asking(QueryPlans plans, Source source, boolean once, long startNanos) {
        Asking(QueryPlans plans, Source source, boolean once) {
            this(plans, source, once, System.nanoTime());
        }

        /** Whether there is no other way than to wait for the answer, or no need of one. */
        boolean insists() {
            return source.strict() || once;
        }
    }

    private Routed askAll(Asking asking, SortedMap<Integer, ShardRequest> todo, Map<String, List<Integer>> detoured)
            throws RoutingFailedException, InterruptedException {
        SortedMap<Integer, ShardReply> replies = new TreeMap<>();
        long start = asking.startNanos();
        Throwable last = null;
        // What is known already need not be waited for, nor asked.
        lookForSilence(asking, todo);
        while (true) {
            last = askOnce(asking, todo, replies, start + (asking.once() ? ONCE_NANOS : deadline.toNanos()));
            if (todo.isEmpty() || asking.once()) {
                List<Match> matches = new ArrayList<>();
                List<LateEvent> late = new ArrayList<>(0);
                for (ShardReply reply : replies.values()) {
                    matches.addAll(reply.matches());
                    late.addAll(reply.late());
                }
                return new Routed(matches, late, detoured);
            }
            if (host.minority()) {
                // Nobody here will answer. If the others are a majority they can do it, as soon as the broker has the
                // messages back; to wait for the deadline would keep them from it.
                throw new RoutingFailedException(
                        "Expected a majority of nodes, for the owners of shards " + todo.keySet()
                                + " to answer, but this node sees too few",
                        last);
            }
            if (System.nanoTime() - start > deadline.toNanos()) {
                throw new RoutingFailedException(
                        "Expected the owners of shards " + todo.keySet() + " to answer within " + deadline.toMillis()
                                + " ms, but they did not",
                        last);
            }
            lookForSilence(asking, todo);
            pause();
        }
    }

    private @Nullable Throwable askOnce(
            Asking asking,
            SortedMap<Integer, ShardRequest> todo,
            SortedMap<Integer, ShardReply> replies,
            long deadlineNanos)
            throws RoutingFailedException, InterruptedException {
        Map<Member, List<ShardRequest>> byOwner = new LinkedHashMap<>();
        for (ShardRequest request : todo.values()) {
            Member owner = host.places().partition(request.shard()).getOwner();
            if (owner != null) {
                byOwner.computeIfAbsent(owner, member -> new ArrayList<>()).add(request);
            }
        }
        Progress.Report report = host.progress().report();
        long askedNanos = System.nanoTime();
        Map<Member, Future<ApplyReply>> asked = new LinkedHashMap<>();
        Throwable failure = null;
        ApplyTask own = null;
        for (Map.Entry<Member, List<ShardRequest>> part : byOwner.entrySet()) {
            ApplyTask task = new ApplyTask(asking.plans().revision(), report, part.getValue());
            if (part.getKey().localMember()) {
                own = task;
            } else {
                try {
                    asked.put(part.getKey(), executor.submitToMember(task, part.getKey()));
                } catch (RuntimeException e) {
                    failure = e;
                }
            }
        }
        if (own != null) {
            take(host.handle(own), todo, replies);
        }
        for (Map.Entry<Member, Future<ApplyReply>> answer : asked.entrySet()) {
            try {
                ApplyReply reply = await(asking, answer.getValue(), todo, deadlineNanos);
                detours.answers(answer.getKey(), askedNanos);
                take(reply, todo, replies);
            } catch (ExecutionException e) {
                LOG.debug("Node {} did not answer", answer.getKey(), e);
                failure = e.getCause() == null ? e : e.getCause();
            } catch (TimeoutException e) {
                failure = e;
            }
        }
        return failure;
    }

    /** Waits for an owner; one that is asked by a relaxed receiver is looked after meanwhile. */
    private ApplyReply await(
            Asking asking, Future<ApplyReply> answer, SortedMap<Integer, ShardRequest> todo, long deadlineNanos)
            throws RoutingFailedException, InterruptedException, ExecutionException, TimeoutException {
        while (!asking.insists() && deadlineNanos - System.nanoTime() > LOOK_NANOS) {
            try {
                return answer.get(LOOK_NANOS, TimeUnit.NANOSECONDS);
            } catch (TimeoutException e) {
                lookForSilence(asking, todo);
            }
        }
        return answer.get(Math.max(1, deadlineNanos - System.nanoTime()), TimeUnit.NANOSECONDS);
    }

    /**
     * Gives a batch of a relaxed source up if what it waits for is a node that is silent. Who is only slow is waited for.
     *
     * <p>The batch must come again in another session: a frozen owner may still log its causes, and confirmations of this
     * session would then cover causes whose matches nobody got.
     */
    private void lookForSilence(Asking asking, SortedMap<Integer, ShardRequest> todo) throws RoutingFailedException {
        if (asking.insists()) {
            return;
        }
        long waited = System.nanoTime() - asking.startNanos();
        if (waited >= Detours.ASK_NANOS) {
            detours.ask();
        }
        String queue = asking.source().queue();
        if (detours.isQuiet(queue)) {
            return;
        }
        long silentNanos = waited < Detours.PATIENCE_NANOS ? Detours.PATIENCE_NANOS : Detours.SILENT_NANOS;
        SortedSet<Integer> suspects = detours.suspects(silentNanos);
        SortedSet<Integer> unanswered = new TreeSet<>();
        for (ShardRequest request : todo.values()) {
            if (suspects.contains(request.shard())) {
                unanswered.add(request.shard());
                for (Cause cause : request.causes().causes()) {
                    if (cause instanceof EventCause event && isOnSourceTime(asking.plans(), event)) {
                        return;
                    }
                }
            }
        }
        if (!unanswered.isEmpty() && detours.begin(queue, silentNanos)) {
            String nodes = detours.silentNodes(queue);
            LOG.warn(
                    "Node {} is silent. What {} has for the shards with a copy there takes a detour. shards={}",
                    nodes,
                    queue,
                    detours.shards(queue));
            throw new RoutingFailedException(
                    "Expected node " + nodes + " to answer, but it is silent, and shards " + unanswered
                            + " have a copy there. The batch is repeated, and what it has for them takes a detour",
                    null,
                    true);
        }
    }

    private void take(ApplyReply reply, SortedMap<Integer, ShardRequest> todo, SortedMap<Integer, ShardReply> replies)
            throws RoutingFailedException {
        if (!reply.stale().isEmpty()) {
            stale.increment();
            throw new RoutingFailedException(reply.stale(), null);
        }
        for (ShardReply served : reply.replies()) {
            todo.remove(served.shard());
            replies.put(served.shard(), served);
            answered.add(served.answered());
            repeated.add(served.repeated());
        }
    }

    /** Causes that were delivered again and answered from kept matches, since this node started. */
    public long answered() {
        return answered.sum();
    }

    /** Events that publishers had sent before, since this node started. */
    public long repeated() {
        return repeated.sum();
    }

    /** Batches that owners refused because a later session reads the queue, since this node started. */
    public long stale() {
        return stale.sum();
    }

    /** How often a part of a batch had to be asked for again, since this node started. */
    public long retries() {
        return retries.sum();
    }
}
