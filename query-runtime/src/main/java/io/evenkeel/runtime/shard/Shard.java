// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.shard;

import io.evenkeel.runtime.plan.QueryPlan;
import io.evenkeel.runtime.plan.QueryPlans;
import io.evenkeel.runtime.shard.Cause.EventCause;
import io.evenkeel.runtime.shard.Cause.OrderCause;
import io.evenkeel.runtime.shard.Cause.TickCause;
import io.evenkeel.runtime.shard.ShardLog.AppendOutcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
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
    /** A detour is read in order, so it waits for its last messages as long as an outage may be. */
    private static final int DETOURS_LIVE_LONGER = 24;

    /** As many keys without a history are left alone: a key takes some 2 kB for each instance. */
    private static final int IDLE_KEYS = 1_000;

    private static final CompletionStage<?> NOTHING_TO_LOG = CompletableFuture.completedFuture(true);

    private final int id;
    private final ShardLog log;
    private final ShardSettings settings;
    private final long epoch;
    private final Deliveries deliveries;
    private final Retention retention;
    private final Isolation isolation;
    private final Memo memo;
    private final Execution execution;
    private final SortedMap<String, QuerySlot> slots = new TreeMap<>();
    private final SortedMap<String, Long> watermarks = new TreeMap<>();
    private QueryPlans plans;
    private long nextSequence;
    private long engineTime;
    /** Whether this epoch has left a mark in the log. */
    private boolean written;

    private long repeated;
    private long expired;
    private long cleanings;
    private long rebuilt;

    private Shard(int id, ShardLog log, ShardSettings settings, QueryPlans plans, ShardLog.Claim claim) {
        this.id = id;
        this.log = log;
        this.settings = settings;
        this.plans = plans;
        this.epoch = claim.epoch();
        this.nextSequence = claim.next();
        this.deliveries = new Deliveries(settings.settledAfter());
        this.retention = new Retention(settings.dedupeWindow());
        this.isolation = new Isolation(id);
        this.memo = new Memo(id, isolation, settings.settledAfter());
        this.execution = new Execution(id, retention, isolation);
    }

    /**
     * Takes a shard over and brings its state up to date from the log. Only the matches of unconfirmed causes are kept:
     * those may be delivered again, and are answered then.
     */
    public static Shard claim(int id, String owner, ShardLog log, ShardSettings settings, QueryPlans plans) {
        ShardLog.Claim claim = log.claim(id, owner);
        Shard shard = new Shard(id, log, settings, plans, claim);
        long confirmed = shard.memo.read(claim.remembered());
        shard.index(claim.batches());
        shard.deliveries.confirmBefore(confirmed);
        shard.memo.known(shard.allConfirmedBefore());
        shard.obeyAll(claim.batches());
        shard.reconfigure(plans, claim.batches());
        return shard;
    }

    private long allConfirmedBefore() {
        return deliveries.oldestUnconfirmed().orElse(nextSequence);
    }

    /** Notes all causes of the log, and which are confirmed, before any is replayed: it decides what is kept. */
    private void index(List<LogBatch> batches) {
        for (LogBatch batch : batches) {
            List<LoggedCause> causes = new ArrayList<>(batch.request().causes().size());
            long time = batch.engineTimeMs();
            for (Cause cause : batch.request().causes().causes()) {
                LoggedCause logged = LoggedCause.of(cause, batch.sequence());
                deliveries.add(logged);
                causes.add(logged);
                if (cause instanceof TickCause tick) {
                    raiseWatermarks(tick.watermarks());
                }
                time = Execution.stamp(cause, time, batch.stampMs());
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

    /** Orders that were logged, and of which what is remembered does not know: their owner died in between. */
    private void obeyAll(List<LogBatch> batches) {
        for (LogBatch batch : batches) {
            for (Cause cause : batch.request().causes().causes()) {
                if (cause instanceof OrderCause order) {
                    isolation.obey(order, batch.sequence(), plans);
                }
            }
        }
    }

    private void raiseWatermarks(Map<String, Long> known) {
        known.forEach((query, watermark) -> watermarks.merge(query, watermark, Math::max));
    }

    /**
     * Has the log take what is new. What follows from it is found by {@link Pending#apply} while the log is at work.
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
            pending.news = new News(batch, block.causes(), fresh);
            written = true;
        } else if (!written && !answers.isEmpty()) {
            // What is answered is committed now, so no log without it may outrank this one. That may have been appended
            // to
            // in an earlier epoch that is later than the one of these causes.
            pending.append = log.remember(id, epoch, memo.write(allConfirmedBefore()));
            written = true;
        } else if (memo.lacks(allConfirmedBefore(), request, stampMs)) {
            pending.append = log.remember(id, epoch, memo.write(allConfirmedBefore(), stampMs));
        }
        return pending;
    }

    /** What a batch has that the log had not. */
    private record News(LogBatch batch, List<Cause> causes, List<LoggedCause> logged) {}

    /** Returns the queries that have to be replayed. */
    private Set<QuerySlot> apply(News news) {
        LogBatch batch = news.batch();
        retention.add(batch.sequence(), news.logged(), engineTime);
        Set<QuerySlot> broken = obeyed(batch, news.causes());
        broken.addAll(execution.run(slots.values(), batch, news.causes(), news.logged()));
        slots.values().stream().filter(slot -> slot.efforts().takeApart()).forEach(broken::add);
        engineTime = endTime(batch, news.causes());
        retention.after(batch.sequence(), engineTime);
        return broken;
    }

    /** The queries that orders of a batch are about: they are replayed, since an order changes how the past is seen. */
    private Set<QuerySlot> obeyed(LogBatch batch, List<Cause> causes) {
        Set<QuerySlot> concerned = new LinkedHashSet<>();
        for (Cause cause : causes) {
            if (cause instanceof OrderCause order && isolation.obey(order, batch.sequence(), plans)) {
                QuerySlot slot = slots.get(order.instance().query());
                if (slot != null) {
                    concerned.add(slot);
                }
            }
        }
        return concerned;
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
            LoggedCause added = LoggedCause.of(cause, nextSequence);
            LoggedCause logged = deliveries.find(added);
            if (logged == null && cause instanceof EventCause event && deliveries.repeats(event, added)) {
                known.set(i);
                repeated++;
            } else if (logged == null) {
                deliveries.add(added);
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
            time = Execution.stamp(cause, time, batch.stampMs());
        }
        return time;
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
            }
        }
        // A node that joins has no queries until it has heard of the catalog: that is no reason to forget what failed.
        if (next.revision() > 0 || !next.queries().isEmpty()) {
            isolation.keepOnly(next);
        }
        Set<QuerySlot> changed = new LinkedHashSet<>();
        for (QueryPlan plan : next.queries().values()) {
            QuerySlot old = slots.get(plan.name());
            if (old == null || !old.plan().runsLike(plan)) {
                QuerySlot slot = new QuerySlot(
                        id, next.shards(), old == null ? freeColumn() : old.column(), plan, settings.stopwatch());
                if (old != null) {
                    old.close();
                }
                slots.put(plan.name(), slot);
                changed.add(slot);
            }
        }
        replay(changed, batches);
        remember();
    }

    /** Has the log keep what is known of errors: they are to outlive the causes that they happened at. */
    private void remember() {
        if (isolation.changed()) {
            AppendOutcome outcome = await(log.remember(id, epoch, memo.write(allConfirmedBefore())));
            if (outcome instanceof AppendOutcome.Fenced fenced) {
                throw new FencedException(id, fenced.mine(), fenced.current());
            }
        }
    }

    private void replay(Set<QuerySlot> queries, List<LogBatch> batches) {
        long oldest = deliveries.oldestUnconfirmed().orElse(Long.MAX_VALUE);
        Map<QuerySlot, Long> beginnings = new LinkedHashMap<>();
        queries.forEach(slot -> beginnings.put(slot, retention.firstInReach(slot, oldest, engineTime)));
        execution.replay(beginnings, batches);
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
            isolation.forgetSkipsBefore(trim.firstNeeded());
        }
        Retention.Cleaning cleaning = retention.clean(oldest, engineTime, slots.values());
        if (cleaning != null) {
            deliveries.forget(cleaning.forgotten());
            log.clean(id, epoch, cleaning.first(), cleaning.last(), kept(cleaning));
            cleanings++;
        }
    }

    private List<LogBatch> kept(Retention.Cleaning cleaning) {
        List<LogBatch> kept = new ArrayList<>();
        for (LogBatch batch : log.read(id)) {
            List<LoggedCause> logged = batch.sequence() < cleaning.first() || batch.sequence() > cleaning.last()
                    ? null
                    : retention.causesOf(batch.sequence());
            if (logged != null) {
                kept.add(thinned(batch, logged));
            }
        }
        return kept;
    }

    /** A batch with some of its causes only. They keep the time that the others may have given them. */
    private static LogBatch thinned(LogBatch batch, List<LoggedCause> logged) {
        List<Cause> known = Execution.causesOf(batch, logged);
        List<Cause> kept = new ArrayList<>(known.size());
        long time = batch.engineTimeMs();
        for (Cause cause : batch.request().causes().causes()) {
            time = Execution.stamp(cause, time, batch.stampMs());
            if (kept.size() < known.size() && cause == known.get(kept.size())) {
                kept.add(cause instanceof EventCause event ? event.takenInAt(time) : cause);
            }
        }
        ShardRequest request = batch.request();
        return new LogBatch(
                batch.sequence(),
                batch.engineTimeMs(),
                batch.stampMs(),
                batch.clocks(),
                new ShardRequest(
                        request.shard(),
                        request.source(),
                        request.watermarks(),
                        CauseBlock.of(kept).compact()));
    }

    /** Opens engines anew that hold many more keys than have a history: what a key leaves behind takes memory. */
    private void endIdleKeys() {
        long oldest = deliveries.oldestUnconfirmed().orElse(Long.MAX_VALUE);
        Map<QuerySlot, Long> overgrown = new LinkedHashMap<>();
        Map<QuerySlot, Long> reached = new LinkedHashMap<>();
        for (QuerySlot slot : slots.values()) {
            int keys = slot.keys();
            if (keys > IDLE_KEYS) {
                Retention.Live live = retention.live(slot, oldest, engineTime);
                if (keys > IDLE_KEYS + 2L * live.causes()) {
                    overgrown.put(slot, live.first());
                    reached.put(slot, slot.watermark());
                }
            }
        }
        if (!overgrown.isEmpty()) {
            execution.replay(overgrown, log.read(id));
            reached.forEach(QuerySlot::keepWatermark);
            rebuilt += overgrown.size();
            remember();
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

    /** What instances took too long for, and somebody should be told of, since this was last asked. */
    public List<Overrun> takeOverruns() {
        return slots.values().stream()
                .flatMap(slot -> slot.efforts().takeOverruns().stream())
                .toList();
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
                isolation.troubles(),
                slots.values().stream()
                        .flatMap(slot -> slot.efforts().efforts().stream())
                        .toList());
    }

    /** How often the log was cleaned of what windows by number do not need, since this node owns the shard. */
    long cleanings() {
        return cleanings;
    }

    /** How many engines were opened anew to be rid of idle keys, since this node owns the shard. */
    long rebuilt() {
        return rebuilt;
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
        /** What the queries have not been shown yet. */
        private @Nullable News news;

        private @Nullable RuntimeException failure;

        private Pending(ShardRequest request, List<LoggedCause> answers, int fresh) {
            this.request = request;
            this.answers = answers;
            this.fresh = fresh;
        }

        /** Runs an action when the log has what this writes, on whichever thread learns of it; never if that is nothing. */
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
         * Completes when the log has answered, well or badly, or at once if there is nothing to wait for: then {@link #complete}
         * does not wait.
         */
        public CompletionStage<?> logged() {
            CompletionStage<AppendOutcome> started = append;
            return started == null ? NOTHING_TO_LOG : started;
        }

        /**
         * Shows the queries what is new. Of many shards all begin first, so that their logs are at work meanwhile. What goes wrong
         * is thrown by {@link #complete}.
         */
        public void apply() {
            News unseen = news;
            news = null;
            if (unseen != null) {
                try {
                    broken.addAll(Shard.this.apply(unseen));
                } catch (RuntimeException e) {
                    failure = e;
                }
            }
        }

        /**
         * Applies what was not yet, waits for the log, and answers. Must be called before the next call of any other method of the shard.
         *
         * @throws FencedException         if another node took the shard over
         * @throws LogUnavailableException if it is not certain that the entry is replicated
         */
        public ShardReply complete() {
            apply();
            if (failure != null) {
                throw failure;
            }
            CompletionStage<AppendOutcome> started = append;
            if (started != null) {
                awaitLogged(started);
                if (!broken.isEmpty()) {
                    replay(broken, log.read(id));
                    remember();
                }
            }
            List<Match> matches = new ArrayList<>();
            List<LateEvent> late = new ArrayList<>(0);
            for (LoggedCause cause : answers) {
                matches.addAll(cause.matches());
                late.addAll(cause.late());
            }
            if (nextSequence % TRIM_EVERY == 0) {
                Duration age = settings.unconfirmedMaxAge();
                expired += deliveries.expire(expiryHorizon(age), expiryHorizon(age.multipliedBy(DETOURS_LIVE_LONGER)));
                trim();
                if (nextSequence % (4 * TRIM_EVERY) == 0) {
                    endIdleKeys();
                }
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

    private long expiryHorizon(Duration age) {
        return retention.firstSequenceAfter(engineTime - age.toMillis());
    }
}
