// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.shard;

import static java.util.Objects.requireNonNull;

import io.evenkeel.query.Event;
import io.evenkeel.query.InstanceId;
import io.evenkeel.query.QueryInstance;
import io.evenkeel.runtime.engine.InstanceFailedException;
import io.evenkeel.runtime.plan.InputPlan;
import io.evenkeel.runtime.plan.QueryPlan;
import io.evenkeel.runtime.plan.QueryPlans;
import io.evenkeel.runtime.shard.Cause.EventCause;
import io.evenkeel.runtime.shard.Cause.TickCause;
import io.evenkeel.runtime.shard.ShardLog.AppendOutcome;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The owner's side of a shard: a state machine over its log. The same log and the same queries give the same matches,
 * on every node and at every time (I2).
 *
 * <p><b>Threads.</b> One call at a time, not always from the same thread. {@link #claim} and {@link #reconfigure} block
 * on the log; {@link #begin} does not, so that the appends of many shards are under way together.
 * <p><b>Failure.</b> After a {@link FencedException} or a {@link LogUnavailableException} the shard is unusable: close
 * it; if this node still is the owner, claim it again.
 */
public final class Shard implements AutoCloseable {
    /** Looking for something to trim costs little, but not nothing. */
    private static final int TRIM_EVERY = 16;

    private final int id;
    private final ShardLog log;
    private final ShardSettings settings;
    private final long epoch;
    private final Deliveries deliveries = new Deliveries();
    private final Retention retention;
    private final MatchCollector collector;
    private final Notes witness = new Notes();
    private final SortedMap<String, QuerySlot> slots = new TreeMap<>();
    private final SortedMap<String, Long> watermarks = new TreeMap<>();
    private final SortedMap<InstanceId, Quarantine> quarantines = new TreeMap<>();
    private QueryPlans plans;
    private long nextSequence;
    private long engineTime;
    private long repeated;
    private long expired;

    private Shard(int id, ShardLog log, ShardSettings settings, QueryPlans plans, ShardLog.Claim claim) {
        this.id = id;
        this.log = log;
        this.settings = settings;
        this.plans = plans;
        this.epoch = claim.epoch();
        this.nextSequence = claim.next();
        this.retention = new Retention(settings.dedupeWindow());
        this.collector = new MatchCollector(id);
    }

    /**
     * Takes a shard over and brings its state up to date from the log. Only the matches of unconfirmed causes are kept:
     * those may be delivered again, and are answered then.
     */
    public static Shard claim(int id, String owner, ShardLog log, ShardSettings settings, QueryPlans plans) {
        ShardLog.Claim claim = log.claim(id, owner);
        Shard shard = new Shard(id, log, settings, plans, claim);
        shard.index(claim.batches());
        shard.reconfigure(plans, claim.batches());
        return shard;
    }

    /** Notes all causes of the log, and which are confirmed, before any is replayed: it decides what is kept. */
    private void index(List<LogBatch> batches) {
        for (LogBatch batch : batches) {
            List<LoggedCause> causes = new ArrayList<>(batch.request().causes().size());
            long time = batch.engineTimeMs();
            for (Cause cause : batch.request().causes().causes()) {
                causes.add(note(cause, batch.sequence()));
                if (cause instanceof TickCause tick) {
                    raiseWatermarks(tick.watermarks());
                }
                time = stamp(cause, time, batch.stampMs());
            }
            deliveries.addUnconfirmed(batch.sequence(), causes.size());
            retention.add(batch.sequence(), causes, batch.engineTimeMs());
            retention.after(batch.sequence(), time);
            deliveries.confirm(batch.request().source());
            deliveries.delivered(batch.request().source(), causes);
            raiseWatermarks(batch.request().watermarks());
            engineTime = time;
        }
    }

    private LoggedCause note(Cause cause, long sequence) {
        String eventId = cause instanceof EventCause event ? event.eventId() : cause.messageId();
        LoggedCause logged = new LoggedCause(cause.messageId(), eventId, sequence);
        deliveries.add(logged);
        return logged;
    }

    /** Engine time never goes back, whatever the broker's clock does. */
    private static long stamp(Cause cause, long last, long stampMs) {
        long ingress = cause.ingressMs() > 0 ? cause.ingressMs() : stampMs;
        return Math.max(last, cause instanceof TickCause tick ? Math.min(ingress, tick.untilMs()) : ingress);
    }

    private void raiseWatermarks(Map<String, Long> known) {
        known.forEach((query, watermark) -> watermarks.merge(query, watermark, Math::max));
    }

    /**
     * Logs what is new, applies it, and finds the matches of what is not.
     *
     * @param stampMs the owner's clock, for causes whose provider told no ingress time
     * @throws StaleReceiverException if a later session reads the queue
     */
    public Pending begin(ShardRequest request, long stampMs) {
        Source source = request.source();
        long latest = deliveries.latestGeneration(source.queue());
        if (source.generation() < latest) {
            throw new StaleReceiverException(id, source, latest);
        }
        deliveries.confirm(source);
        raiseWatermarks(request.watermarks());

        List<LoggedCause> answers = new ArrayList<>(request.causes().size());
        List<LoggedCause> fresh = new ArrayList<>(request.causes().size());
        CauseBlock block = separate(request.causes(), fresh, answers);
        deliveries.delivered(source, answers);
        Pending pending = new Pending(request, answers, fresh.size());
        if (!fresh.isEmpty()) {
            LogBatch batch = new LogBatch(
                    nextSequence++,
                    engineTime,
                    stampMs,
                    clocks(),
                    new ShardRequest(id, source, request.watermarks(), block.compact()));
            pending.append = log.append(id, epoch, batch);
            retention.add(batch.sequence(), fresh, engineTime);
            pending.broken.addAll(run(slots.values(), batch, block.causes(), fresh));
            engineTime = endTime(batch, block.causes());
            retention.after(batch.sequence(), engineTime);
        }
        return pending;
    }

    private SortedMap<String, Long> clocks() {
        SortedMap<String, Long> clocks = new TreeMap<>();
        for (QuerySlot slot : slots.values()) {
            if (slot.watermark() != QuerySlot.NEVER) {
                clocks.put(slot.plan().name(), slot.watermark());
            }
        }
        return clocks;
    }

    /** Sorts causes into those to log and those that the log knows; returns the former as a block. */
    private CauseBlock separate(CauseBlock block, List<LoggedCause> fresh, List<LoggedCause> answers) {
        List<Cause> causes = block.causes();
        BitSet known = new BitSet(causes.size());
        for (int i = 0; i < causes.size(); i++) {
            Cause cause = causes.get(i);
            LoggedCause logged = deliveries.find(cause.messageId());
            if (logged == null
                    && cause instanceof EventCause event
                    && deliveries.repeats(event.messageId(), event.eventId())) {
                known.set(i);
                repeated++;
            } else if (logged == null) {
                LoggedCause added = note(cause, nextSequence);
                fresh.add(added);
                answers.add(added);
            } else {
                known.set(i);
                if (logged.confirmed()) {
                    repeated++;
                } else {
                    answers.add(logged);
                }
            }
        }
        deliveries.addUnconfirmed(nextSequence, fresh.size());
        if (known.isEmpty()) {
            return block;
        }
        List<Cause> rest = new ArrayList<>(fresh.size());
        for (int i = known.nextClearBit(0); i < causes.size(); i = known.nextClearBit(i + 1)) {
            rest.add(causes.get(i));
        }
        return CauseBlock.of(rest);
    }

    private static long endTime(LogBatch batch, List<Cause> causes) {
        long time = batch.engineTimeMs();
        for (Cause cause : causes) {
            time = stamp(cause, time, batch.stampMs());
        }
        return time;
    }

    /**
     * Shows a batch to queries, live or in a replay.
     *
     * @return the queries that threw; they have not seen the rest of the batch
     */
    private Set<QuerySlot> run(
            Collection<QuerySlot> queries, LogBatch batch, List<Cause> causes, List<LoggedCause> logged) {
        Set<QuerySlot> broken = new LinkedHashSet<>();
        long time = batch.engineTimeMs();
        for (QuerySlot slot : queries) {
            slot.resume(batch.clocks());
            retention.before(batch.sequence(), slot);
        }
        for (int i = 0; i < causes.size(); i++) {
            Cause cause = causes.get(i);
            LoggedCause entry = logged.get(i);
            time = stamp(cause, time, batch.stampMs());
            for (QuerySlot slot : queries) {
                if (broken.isEmpty() || !broken.contains(slot)) {
                    if (!apply(slot, batch, i == 0, cause, entry, time)) {
                        broken.add(slot);
                    }
                }
            }
        }
        return broken;
    }

    private boolean apply(QuerySlot slot, LogBatch batch, boolean first, Cause cause, LoggedCause logged, long time) {
        collector.want(!logged.confirmed());
        witness.slot = slot;
        witness.cause = logged;
        try {
            if (first) {
                slot.advanceToWatermark(batch.request().watermarks(), witness, collector);
            }
            slot.apply(cause, logged, batch.request().source().queue(), time, witness, collector);
            logged.keep(collector.take(slot.plan(), logged.messageId()));
            return true;
        } catch (InstanceFailedException failure) {
            quarantine(failure.instance(), logged, failure);
        } catch (RuntimeException failure) {
            // The engine does not say who threw. Rather no instance of this query than a wrong match of one.
            slot.plan().instances().forEach(instance -> quarantine(instance.id(), logged, failure));
        }
        collector.discard();
        return false;
    }

    /** Passes on what becomes of events, with the query and the cause that are at work. */
    private final class Notes implements Witness {
        private @Nullable QuerySlot slot;
        private @Nullable LoggedCause cause;

        @Override
        public void saw(LoggedCause event, InputPlan input, Event aligned) {
            retention.saw(event, requireNonNull(cause), requireNonNull(slot), input, aligned);
        }

        @Override
        public void held(LoggedCause event) {
            retention.held(event, requireNonNull(slot).column());
        }

        @Override
        public void released(LoggedCause event) {
            retention.released(event, requireNonNull(slot).column());
        }

        @Override
        public void late(LoggedCause event, long byMs) {
            event.keepLate(requireNonNull(slot).plan().name(), byMs);
        }
    }

    private void quarantine(InstanceId instance, LoggedCause cause, RuntimeException failure) {
        Throwable root = failure.getCause() == null ? failure : failure.getCause();
        quarantines.put(instance, new Quarantine(instance, cause.messageId(), root.toString()));
    }

    /**
     * Runs queries through the log from its beginning. An instance that throws is left out of a further pass; what it
     * emitted before stays.
     */
    private void replay(Set<QuerySlot> queries, List<LogBatch> batches) {
        Set<QuerySlot> todo = queries;
        List<Runnable> restore = new ArrayList<>();
        while (!todo.isEmpty()) {
            for (QuerySlot slot : todo) {
                Set<InstanceId> without = slot.plan().instances().stream()
                        .map(QueryInstance::id)
                        .filter(quarantines::containsKey)
                        .collect(Collectors.toCollection(TreeSet::new));
                rememberMatches(slot, batches, without, restore);
                slot.reset(without);
                retention.clearColumn(slot.column());
            }
            Set<QuerySlot> broken = new LinkedHashSet<>();
            for (LogBatch batch : batches) {
                List<LoggedCause> logged = retention.causesOf(batch.sequence());
                if (logged != null) {
                    List<QuerySlot> sound =
                            todo.stream().filter(slot -> !broken.contains(slot)).toList();
                    broken.addAll(run(sound, batch, batch.request().causes().causes(), logged));
                }
            }
            todo = broken;
        }
        restore.forEach(Runnable::run);
    }

    /** Clears the matches of a query for a new pass, except those of instances that will not run in it. */
    private void rememberMatches(
            QuerySlot slot, List<LogBatch> batches, Set<InstanceId> without, List<Runnable> restore) {
        String query = slot.plan().name();
        for (LogBatch batch : batches) {
            List<LoggedCause> logged = retention.causesOf(batch.sequence());
            for (LoggedCause cause : logged == null ? List.<LoggedCause>of() : logged) {
                if (!cause.confirmed()) {
                    List<Match> kept = cause.matches().stream()
                            .filter(match -> without.contains(match.instance()))
                            .toList();
                    if (!kept.isEmpty()) {
                        restore.add(() -> cause.keep(kept));
                    }
                    cause.forgetAnswersOf(query);
                }
            }
        }
    }

    /** Runs other queries, or other instances, from now on. They see the retained history as if they had always been. */
    public void reconfigure(QueryPlans next) {
        reconfigure(next, log.read(id));
    }

    private void reconfigure(QueryPlans next, List<LogBatch> batches) {
        plans = next;
        Set<String> gone = new HashSet<>(slots.keySet());
        gone.removeAll(next.queries().keySet());
        for (String query : gone) {
            QuerySlot slot = slots.remove(query);
            if (slot != null) {
                slot.close();
                retention.clearColumn(slot.column());
                quarantines.keySet().removeIf(instance -> instance.query().equals(query));
            }
        }
        Set<QuerySlot> changed = new LinkedHashSet<>();
        for (QueryPlan plan : next.queries().values()) {
            QuerySlot old = slots.get(plan.name());
            if (old == null || !old.plan().runsLike(plan)) {
                QuerySlot slot = new QuerySlot(id, next.shards(), old == null ? freeColumn() : old.column(), plan);
                if (old != null) {
                    old.close();
                }
                slots.put(plan.name(), slot);
                quarantines.keySet().removeIf(instance -> instance.query().equals(plan.name()));
                changed.add(slot);
            }
        }
        replay(changed, batches);
    }

    private int freeColumn() {
        BitSet used = new BitSet();
        slots.values().forEach(slot -> used.set(slot.column()));
        return used.nextClearBit(0);
    }

    private void trim() {
        long oldest = deliveries.oldestUnconfirmed().orElse(Long.MAX_VALUE);
        Retention.Trim trim = retention.trim(oldest, engineTime, slots.values());
        if (trim != null) {
            deliveries.forget(trim.forgotten());
            log.trim(id, epoch, trim.firstNeeded());
        }
    }

    /**
     * When a timer of this shard is overdue.
     *
     * @param untilMs ingress time up to which receivers have read their queues
     * @param known   source time by query, up to which all events are known to be logged
     * @return true if a tick now would fire a timer
     */
    public boolean timerIsDue(long untilMs, Map<String, Long> known) {
        for (QuerySlot slot : slots.values()) {
            long now = slot.plan().definition().sourceTime()
                    ? known.getOrDefault(slot.plan().name(), QuerySlot.NEVER)
                    : untilMs;
            if (slot.isDue(now)) {
                return true;
            }
        }
        return false;
    }

    /** True if any query waits for a time. */
    public boolean hasTimer() {
        return slots.values().stream().anyMatch(QuerySlot::hasTimer);
    }

    /** Source time by query, up to which this shard knows that all events are logged. A copy. */
    public SortedMap<String, Long> watermarks() {
        return new TreeMap<>(watermarks);
    }

    public ShardStatus status() {
        return new ShardStatus(
                id,
                epoch,
                nextSequence - 1,
                plans.revision(),
                engineTime,
                retention.batches(),
                deliveries.unconfirmedCount(),
                repeated,
                slots.values().stream().mapToLong(QuerySlot::late).sum(),
                slots.values().stream().mapToInt(QuerySlot::held).sum(),
                expired,
                List.copyOf(quarantines.values()));
    }

    public int id() {
        return id;
    }

    /** Of the catalog whose queries this shard runs. */
    public long revision() {
        return plans.revision();
    }

    @Override
    public void close() {
        slots.values().forEach(QuerySlot::close);
    }

    /** A request that was applied, and whose log entry may still be on its way to the backups. */
    public final class Pending {
        private final ShardRequest request;
        private final List<LoggedCause> answers;
        private final int fresh;
        private final Set<QuerySlot> broken = new LinkedHashSet<>();
        private @Nullable CompletionStage<AppendOutcome> append;

        private Pending(ShardRequest request, List<LoggedCause> answers, int fresh) {
            this.request = request;
            this.answers = answers;
            this.fresh = fresh;
        }

        /** Runs an action when the log has the entry, on whichever thread learns of it; never if there is no entry. */
        public void whenLogged(Runnable action) {
            CompletionStage<AppendOutcome> started = append;
            if (started != null) {
                started.thenAccept(outcome -> {
                    if (outcome instanceof AppendOutcome.Appended) {
                        action.run();
                    }
                });
            }
        }

        /**
         * Waits for the log, and answers. Must be called before the next call of any other method of the shard.
         *
         * @throws FencedException         if another node took the shard over
         * @throws LogUnavailableException if it is not certain that the entry is replicated
         */
        public ShardReply complete() {
            CompletionStage<AppendOutcome> started = append;
            if (started != null) {
                awaitLogged(started);
                if (!broken.isEmpty()) {
                    replay(broken, log.read(id));
                }
            }
            List<Match> matches = new ArrayList<>();
            List<LateEvent> late = new ArrayList<>(0);
            for (LoggedCause cause : answers) {
                matches.addAll(cause.matches());
                late.addAll(cause.late());
            }
            if (nextSequence % TRIM_EVERY == 0) {
                expired += deliveries.expireRelaxed(expiryHorizon());
                trim();
            }
            int known = request.causes().size() - fresh;
            int answered = answers.size() - fresh;
            return new ShardReply(id, matches, late, fresh, answered, known - answered);
        }

        private void awaitLogged(CompletionStage<AppendOutcome> started) {
            AppendOutcome outcome = await(started);
            if (outcome instanceof AppendOutcome.Fenced fenced) {
                throw new FencedException(id, fenced.mine(), fenced.current());
            }
        }
    }

    private AppendOutcome await(CompletionStage<AppendOutcome> started) {
        try {
            return started.toCompletableFuture().join();
        } catch (CompletionException | CancellationException e) {
            throw new LogUnavailableException(
                    "Expected the log of shard " + id + " to answer, but it is not certain that it did. epoch=" + epoch,
                    e);
        }
    }

    private long expiryHorizon() {
        return retention.firstSequenceAfter(
                engineTime - settings.unconfirmedMaxAge().toMillis());
    }
}
