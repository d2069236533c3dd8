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
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
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
    /** How long a confirmation that goes alone is waited for: events may come meanwhile. */
    private static final long ONCE_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    private static final long RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    private final HazelcastInstance grid;
    private final ShardHost host;
    private final Supplier<QueryPlans> plans;
    private final Duration deadline;
    private final IExecutorService executor;
    private final OpenWrites writes;
    private final Map<String, Told> told = new HashMap<>();
    private final LongAdder repeated = new LongAdder();
    private final LongAdder answered = new LongAdder();
    private final LongAdder retries = new LongAdder();

    /** @param deadline for one batch; longer than the grid takes to replace a dead owner */
    public ShardRouter(HazelcastInstance grid, ShardHost host, Supplier<QueryPlans> plans, Duration deadline) {
        this.grid = grid;
        this.host = host;
        this.plans = plans;
        this.deadline = deadline;
        this.executor = grid.getExecutorService(Grid.APPLY);
        this.writes = OpenWrites.of(grid);
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

    /** Before something is asked for again. */
    private void pause() throws InterruptedException {
        retries.increment();
        LockSupport.parkNanos(RETRY_NANOS);
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
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
        QueryPlans current = plans.get();
        SortedMap<String, Long> watermarks = host.progress().watermarks(current);
        RunningSources sources =
                new RunningSources(current, watermarks, host.progress().sources());
        SortedMap<Integer, List<Cause>> byShard = split(current, causes, ticked, sources);
        SortedMap<Integer, ShardRequest> todo = new TreeMap<>();
        byShard.forEach(
                (shard, part) -> todo.put(shard, new ShardRequest(shard, source, watermarks, CauseBlock.of(part))));
        for (int shard : unheard(source, byShard.keySet())) {
            todo.computeIfAbsent(shard, confirmOnly -> new ShardRequest(shard, source, watermarks, CauseBlock.empty()));
        }
        Routed routed = askAll(current.revision(), todo, causes.isEmpty());
        note(source.queue(), causes, sources.reached());
        return routed;
    }

    /** What a session told which shard last: the number of the batch. Guarded by the map that it is in. */
    private record Told(long generation, SortedMap<Integer, Long> batches) {}

    /** The shards that hold batches of this session of whose commit they have not heard, and will not hear otherwise. */
    private List<Integer> unheard(Source source, Set<Integer> shards) {
        synchronized (told) {
            Told session = told.get(source.queue());
            if (session == null || session.generation() != source.generation()) {
                session = new Told(source.generation(), new TreeMap<>());
                told.put(source.queue(), session);
            }
            List<Integer> unheard = new ArrayList<>();
            session.batches().entrySet().removeIf(batch -> {
                boolean committed = batch.getValue() <= source.confirmedThrough();
                if (committed && !shards.contains(batch.getKey())) {
                    unheard.add(batch.getKey());
                }
                return committed;
            });
            for (int shard : shards) {
                session.batches().put(shard, source.batch());
            }
            return unheard;
        }
    }

    private static SortedMap<Integer, List<Cause>> split(
            QueryPlans plans, List<Cause> causes, Map<String, Tick> ticked, RunningSources sources) {
        SortedMap<Integer, List<Cause>> byShard = new TreeMap<>();
        for (Cause cause : causes) {
            if (cause instanceof EventCause event) {
                EventCause marked = sources.mark(event);
                for (int shard : plans.shardsOf(event.event())) {
                    byShard.computeIfAbsent(shard, s -> new ArrayList<>()).add(marked);
                }
            } else {
                Tick tick = ticked.get(cause.messageId());
                for (int shard : tick == null ? List.<Integer>of() : tick.shards()) {
                    if (shard < plans.shards()) {
                        byShard.computeIfAbsent(shard, s -> new ArrayList<>()).add(cause);
                    }
                }
            }
        }
        return byShard;
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
                progress.readThrough(queue, last.ingressMs());
                break;
            }
        }
        progress.raiseSources(reached);
    }

    /** @param once do not insist: a confirmation is repeated with the next batch anyway */
    private Routed askAll(long revision, SortedMap<Integer, ShardRequest> todo, boolean once)
            throws RoutingFailedException, InterruptedException {
        SortedMap<Integer, ShardReply> replies = new TreeMap<>();
        long start = System.nanoTime();
        Throwable last = null;
        while (true) {
            last = askOnce(revision, todo, replies, start + (once ? ONCE_NANOS : deadline.toNanos()));
            if (todo.isEmpty() || once) {
                List<Match> matches = new ArrayList<>();
                List<LateEvent> late = new ArrayList<>(0);
                for (ShardReply reply : replies.values()) {
                    matches.addAll(reply.matches());
                    late.addAll(reply.late());
                }
                return new Routed(matches, late);
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
            pause();
        }
    }

    private @Nullable Throwable askOnce(
            long revision,
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
        Map<Member, Future<ApplyReply>> asked = new LinkedHashMap<>();
        Throwable failure = null;
        ApplyTask own = null;
        for (Map.Entry<Member, List<ShardRequest>> part : byOwner.entrySet()) {
            ApplyTask task = new ApplyTask(revision, report, part.getValue());
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
                long left = Math.max(1, deadlineNanos - System.nanoTime());
                take(answer.getValue().get(left, TimeUnit.NANOSECONDS), todo, replies);
            } catch (ExecutionException e) {
                LOG.debug("Node {} did not answer", answer.getKey(), e);
                failure = e.getCause() == null ? e : e.getCause();
            } catch (TimeoutException e) {
                failure = e;
            }
        }
        return failure;
    }

    private void take(ApplyReply reply, SortedMap<Integer, ShardRequest> todo, SortedMap<Integer, ShardReply> replies)
            throws RoutingFailedException {
        if (!reply.stale().isEmpty()) {
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

    /** How often a part of a batch had to be asked for again, since this node started. */
    public long retries() {
        return retries.sum();
    }
}
