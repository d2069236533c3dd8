// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.hazelcast;

import static java.util.Objects.requireNonNull;

import com.hazelcast.cluster.Member;
import com.hazelcast.core.HazelcastInstance;
import io.evenkeel.runtime.plan.QueryPlans;
import io.evenkeel.runtime.shard.FencedException;
import io.evenkeel.runtime.shard.LogUnavailableException;
import io.evenkeel.runtime.shard.Overrun;
import io.evenkeel.runtime.shard.OwnerStep;
import io.evenkeel.runtime.shard.Shard;
import io.evenkeel.runtime.shard.ShardReply;
import io.evenkeel.runtime.shard.ShardRequest;
import io.evenkeel.runtime.shard.ShardSettings;
import io.evenkeel.runtime.shard.ShardStatus;
import io.evenkeel.runtime.shard.StaleReceiverException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.SortedMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * The shards that this node owns: claims them when the grid makes it their primary, and serves receivers.
 *
 * <p><b>Threads.</b> Any number of receivers at once; each shard has a lock. A request locks its shards in ascending
 * order, starts the appends of all, applies while they are under way, and then waits for them.
 *
 * <p><b>Shards do not hold each other up.</b> While a node is frozen, appends and claims of the shards that have a copy
 * there hang. So each shard is free again when its own append is through; and what is busy, or has to be claimed, is served
 * after the others, one by one. A relaxed receiver, which can send events for such shards on a detour, is told after some
 * time which were not served; what was begun for them is ended by whoever comes next.
 */
public final class ShardHost {
    private static final Logger LOG = LoggerFactory.getLogger(ShardHost.class);
    private static final String CONTEXT = "evenkeel.host";
    /** How long whoever asks how the shards stand waits for those that are at work, all together. */
    private static final long STATUS_PATIENCE_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    /** How long a claim waits for the nodes to say that they are there. */
    private static final Duration HEARD_LIMIT = Duration.ofSeconds(1);

    private static final long SLOW_CLAIM_MS = 500;
    /** How long an owner works for a relaxed receiver before it tells which shards it has not served yet. */
    private static final long RELAXED_PATIENCE_NANOS = TimeUnit.MILLISECONDS.toNanos(250);
    /** The same where there is nothing but commits to be told. */
    private static final long CONFIRMING_PATIENCE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
    /** How long a request holds the shards it has and waits for those that are busy, before it serves the former alone. */
    private static final long BUSY_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
    /** How long a request waits for one append before it looks whether others are through. */
    private static final long SLICE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
    /** Claims of a relaxed receiver's request that are made at a time; more wait. */
    private static final int CLAIMS = 4;

    private final String node;
    private final HazelcastInstance grid;
    private final int minimum;
    private final int backups;
    private final ShardPlaces places;
    private final HazelcastShardLog log;
    private final HeardMajority majority;
    private final ShardSettings settings;
    private final LongFunction<QueryPlans> plans;
    private final Consumer<OwnerStep> steps;
    private final Progress progress = new Progress(System::nanoTime);
    private final List<Seat> seats = new ArrayList<>();
    private final Queue<Overrun> overruns = new ConcurrentLinkedQueue<>();
    private final LongAdder fenced = new LongAdder();
    private final ThreadPoolExecutor claims;

    /**
     * @param plans the queries at a revision of the catalog or a later one; may block until this node has it
     * @param steps told when a request passes a point of the protocol
     */
    public ShardHost(
            HazelcastInstance grid,
            GridSettings grids,
            ShardSettings settings,
            LongFunction<QueryPlans> plans,
            Consumer<OwnerStep> steps) {
        this.node = grids.node();
        this.grid = grid;
        this.minimum = grids.minimum();
        this.backups = grids.backups();
        this.places = new ShardPlaces(grid);
        this.log = new HazelcastShardLog(grid, places);
        this.majority = new HeardMajority(grid, minimum, HEARD_LIMIT);
        this.settings = settings;
        this.plans = plans;
        this.steps = steps;
        for (int shard = 0; shard < places.shards(); shard++) {
            seats.add(new Seat(shard));
        }
        this.claims =
                new ThreadPoolExecutor(CLAIMS, CLAIMS, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), work -> {
                    Thread thread = new Thread(work, "evenkeel-claim");
                    thread.setDaemon(true);
                    return thread;
                });
        claims.allowCoreThreadTimeOut(true);
        grid.getUserContext().put(CONTEXT, this);
    }

    static ShardHost of(@Nullable HazelcastInstance grid) {
        Object host = requireNonNull(grid, "grid").getUserContext().get(CONTEXT);
        if (host == null) {
            throw new NotReadyException("Expected this node to serve shards, but it is still starting");
        }
        return (ShardHost) host;
    }

    /** True if this node sees too few others for anything to be logged or committed. */
    boolean minority() {
        return grid.getCluster().getMembers().size() < minimum;
    }

    int minimum() {
        return minimum;
    }

    int backups() {
        return backups;
    }

    String node() {
        return node;
    }

    ShardPlaces places() {
        return places;
    }

    public Progress progress() {
        return progress;
    }

    /** Appends that the log refused because another node owns the shard, since this node started. */
    public long fenced() {
        return fenced.sum();
    }

    /** As many messages a session on a strict queue may have logged and not committed. */
    int settledAfter() {
        return settings.settledAfter();
    }

    /** Serves a request. Called by receivers of this node directly, by others through the grid. */
    ApplyReply handle(ApplyTask task) {
        steps.accept(OwnerStep.ASKED);
        progress.merge(task.progress());
        QueryPlans current = plans.apply(task.revision());
        List<ShardRequest> requests = new ArrayList<>(task.requests());
        requests.sort(Comparator.comparingInt(ShardRequest::shard));
        Answering answering = new Answering(
                current,
                task.onlyConfirms()
                        ? CONFIRMING_PATIENCE_NANOS
                        : task.relaxed() ? RELAXED_PATIENCE_NANOS : Long.MAX_VALUE);
        int before;
        do {
            before = requests.size();
            requests = answering.together(requests);
        } while (!requests.isEmpty() && requests.size() < before && answering.left() > 0);
        for (ShardRequest request : requests) {
            answering.alone(request);
        }
        return answering.reply();
    }

    private record Started(Seat seat, Shard.Pending pending) {}

    /** A request on its way through this node. For one thread. */
    private final class Answering {
        private final QueryPlans current;
        private final long begunNanos = System.nanoTime();
        /** After which what is not through is not waited for. */
        private final long limit;

        private final long stampMs = System.currentTimeMillis();
        private final List<ShardReply> replies = new ArrayList<>();
        private final List<Integer> unserved = new ArrayList<>(0);
        private String stale = "";

        Answering(QueryPlans current, long limit) {
            this.current = current;
            this.limit = limit;
        }

        ApplyReply reply() {
            ApplyReply reply = new ApplyReply(replies, unserved, stale);
            steps.accept(OwnerStep.REPLIED);
            return reply;
        }

        /**
         * Serves those shards that are claimed and free, or soon are; their appends are under way at the same time.
         *
         * @return the others
         */
        List<ShardRequest> together(List<ShardRequest> requests) {
            List<ShardRequest> ready = new ArrayList<>(requests.size());
            List<ShardRequest> others = new ArrayList<>(0);
            long patience = System.nanoTime() + BUSY_NANOS;
            try {
                for (ShardRequest request : requests) {
                    Seat seat = seats.get(request.shard());
                    if (!seat.lock.tryLock() && !locked(seat, patience)) {
                        others.add(request);
                    } else if (end(seat, 0) && (seat.claimed != null || !isOwner(seat.shard))) {
                        ready.add(request);
                    } else {
                        seat.lock.unlock();
                        others.add(request);
                    }
                }
                serve(ready);
            } catch (Error e) {
                // What was begun is not done, and nobody knows how far it came: from the log again, if this node goes
                // on.
                held(requests).forEach(ShardHost::leave);
                throw e;
            } finally {
                held(requests).forEach(seat -> seat.lock.unlock());
            }
            return others;
        }

        private List<Seat> held(List<ShardRequest> requests) {
            List<Seat> held = new ArrayList<>(0);
            for (ShardRequest request : requests) {
                Seat seat = seats.get(request.shard());
                if (seat.lock.isHeldByCurrentThread()) {
                    held.add(seat);
                }
            }
            return held;
        }

        /** Serves a shard that was busy, or is to be claimed. Holds no other meanwhile. */
        void alone(ShardRequest request) {
            Seat seat = seats.get(request.shard());
            if (limit == Long.MAX_VALUE) {
                seat.lock.lock();
            } else if (!locked(seat, begunNanos + limit)) {
                unserved.add(request.shard());
                return;
            }
            try {
                if (!end(seat, left()) || limit != Long.MAX_VALUE && claimedLater(seat)) {
                    unserved.add(request.shard());
                } else {
                    serve(List.of(request));
                }
            } catch (Error e) {
                leave(seat);
                throw e;
            } finally {
                if (seat.lock.isHeldByCurrentThread()) {
                    seat.lock.unlock();
                }
            }
        }

        private long left() {
            return limit == Long.MAX_VALUE ? limit : Math.max(0, begunNanos + limit - System.nanoTime());
        }

        /** Begins requests whose seats are held, and frees each seat as soon as its append is through. */
        private void serve(List<ShardRequest> requests) {
            Deque<Started> open = new ArrayDeque<>(requests.size());
            for (ShardRequest request : requests) {
                Seat seat = seats.get(request.shard());
                try {
                    Optional<Shard> shard = seated(seat, current);
                    if (shard.isPresent()) {
                        steps.accept(OwnerStep.SEATED);
                        Shard.Pending pending = shard.get().begin(request, stampMs);
                        pending.whenLogged(() -> steps.accept(OwnerStep.APPENDED));
                        open.addLast(new Started(seat, pending));
                        seat.tickSentNanos = Long.MIN_VALUE;
                    } else {
                        unserved.add(request.shard());
                    }
                } catch (StaleReceiverException e) {
                    stale = String.valueOf(e.getMessage());
                } catch (RuntimeException e) {
                    vacate(seat, e);
                    unserved.add(request.shard());
                }
            }
            open.forEach(started -> started.pending().apply());
            steps.accept(OwnerStep.APPLIED);
            while (!open.isEmpty()) {
                if (!finishLogged(open) && left() == 0) {
                    for (Started late : open) {
                        late.seat().left = late.pending();
                        unserved.add(late.seat().shard);
                    }
                    return;
                }
            }
        }

        /** Once round, and waits at one only: the others may be through. Returns whether any was. */
        private boolean finishLogged(Deque<Started> open) {
            boolean any = false;
            long wait = SLICE_NANOS;
            for (int i = open.size(); i > 0; i--) {
                Started next = open.removeFirst();
                if (Seat.isLogged(next.pending(), wait)) {
                    finish(next);
                    next.seat().lock.unlock();
                    any = true;
                } else {
                    wait = 0;
                    open.addLast(next);
                }
            }
            return any;
        }

        private void finish(Started started) {
            Seat seat = started.seat();
            try {
                replies.add(started.pending().complete());
                Shard shard = seat.claimed;
                if (shard != null) {
                    overruns.addAll(shard.takeOverruns());
                    seat.lookNowAndThen();
                }
            } catch (RuntimeException e) {
                vacate(seat, e);
                unserved.add(seat.shard);
            }
        }
    }

    /**
     * Ends what an earlier request has left open. Holds the seat's lock.
     *
     * @return false if it is still under way after that time
     */
    private boolean end(Seat seat, long nanos) {
        Shard.Pending left = seat.left;
        if (left == null) {
            return true;
        }
        if (!Seat.isLogged(left, nanos)) {
            return false;
        }
        seat.left = null;
        try {
            left.complete();
        } catch (RuntimeException e) {
            vacate(seat, e);
        }
        return true;
    }

    /** Has a shard claimed on another thread, if it has to be: while a node is frozen that may take seconds. */
    private boolean claimedLater(Seat seat) {
        if (seat.claimed != null || !isOwner(seat.shard)) {
            return false;
        }
        if (seat.claiming.compareAndSet(false, true)) {
            claims.execute(() -> {
                seat.lock.lock();
                try {
                    end(seat, Long.MAX_VALUE);
                    seated(seat, plans.apply(0));
                } catch (RuntimeException e) {
                    vacate(seat, e);
                } catch (Error e) {
                    leave(seat);
                    throw e;
                } finally {
                    seat.lock.unlock();
                    seat.claiming.set(false);
                }
            });
        }
        return true;
    }

    /** The shard if this node owns it, claimed if it is not yet; empty if another node owns it. Holds the seat's lock. */
    private Optional<Shard> seated(Seat seat, QueryPlans current) {
        if (!isOwner(seat.shard)) {
            if (seat.claimed != null) {
                LOG.debug("Shard {} moved to another node", seat.shard);
                leave(seat);
            }
            seat.movedAway();
            return Optional.empty();
        }
        if (seat.claimed == null) {
            majority.require();
            long start = System.nanoTime();
            seat.claimed = seat.claim(() -> Shard.claim(seat.shard, node, log, settings, current));
            progress.raiseSources(seat.claimed.watermarks());
            seat.look();
            ShardStatus status = requireNonNull(seat.seen);
            long tookMs = (System.nanoTime() - start) / 1_000_000;
            // What waits for a shard waits as long, so this is a part of each failover.
            LOG.atLevel(tookMs < SLOW_CLAIM_MS ? Level.DEBUG : Level.INFO)
                    .log(
                            "Claimed shard {} epoch={} batches={} unconfirmed={} tookMs={}",
                            seat.shard,
                            status.epoch(),
                            status.batches(),
                            status.unconfirmed(),
                            tookMs);
        } else if (seat.claimed.revision() < current.revision()) {
            seat.claimed.reconfigure(current);
        }
        return Optional.of(seat.claimed);
    }

    private boolean isOwner(int shard) {
        Member owner = places.partition(shard).getOwner();
        return owner != null && owner.localMember();
    }

    private static void leave(Seat seat) {
        seat.left = null;
        if (seat.claimed != null) {
            seat.claimed.close();
            seat.claimed = null;
            seat.look();
        }
    }

    private void vacate(Seat seat, RuntimeException why) {
        if (why instanceof FencedException) {
            fenced.increment();
            LOG.info("{}", why.getMessage());
        } else if (why instanceof LogUnavailableException) {
            // Expected while nodes come and go; the gate tells when that goes on.
            majority.forget();
            LOG.info(
                    "Shard {} will be claimed again: {} {}",
                    seat.shard,
                    why.getMessage(),
                    String.valueOf(why.getCause()));
        } else {
            LOG.error("Shard {} failed in a way that nothing provides for, and will be claimed again", seat.shard, why);
        }
        leave(seat);
    }

    /**
     * Claims what this node has come to own, leaves what it does not own any more, and brings all to the present
     * queries. Called at each change of the grid and of the catalog, and now and then.
     *
     * @return how many shards this node owns and has claimed
     */
    public int settle() {
        QueryPlans current = plans.apply(0);
        int owned = 0;
        for (Seat seat : seats) {
            seat.lock.lock();
            try {
                end(seat, Long.MAX_VALUE);
                if (seated(seat, current).isPresent()) {
                    owned++;
                }
            } catch (RuntimeException e) {
                vacate(seat, e);
            } catch (Error e) {
                leave(seat);
                throw e;
            } finally {
                seat.lock.unlock();
            }
        }
        return owned;
    }

    /** Removes from the grid what a node that was away may have brought back of the logs of this node's shards. */
    void sweepLogs() {
        log.sweep();
    }

    /** Forgets all shards: after a split the log that they stand on is not that of the cluster. */
    public void forgetAll() {
        for (Seat seat : seats) {
            seat.lock.lock();
            try {
                leave(seat);
            } finally {
                seat.lock.unlock();
            }
        }
    }

    /**
     * The claimed shards with an overdue timer, of which no tick is on its way.
     *
     * @param untilMs broker time up to which receivers have read
     */
    List<Integer> dueShards(long untilMs, SortedMap<String, Long> sources, long nowNanos, long resendNanos) {
        List<Integer> due = new ArrayList<>();
        for (Seat seat : seats) {
            // A busy shard gets an event right now, which moves its clock as well.
            if (seat.lock.tryLock()) {
                try {
                    boolean waiting =
                            seat.tickSentNanos != Long.MIN_VALUE && nowNanos - seat.tickSentNanos < resendNanos;
                    if (seat.claimed != null
                            && seat.left == null
                            && !waiting
                            && seat.claimed.timerIsDue(untilMs, sources)) {
                        seat.tickSentNanos = nowNanos;
                        due.add(seat.shard);
                    }
                } finally {
                    seat.lock.unlock();
                }
            }
        }
        return due;
    }

    /** The watermarks of the queries on source time that a tick may tell, when all queues were read up to a time. */
    SortedMap<String, Long> watermarks(long untilMs) {
        return progress.watermarks(plans.apply(0), untilMs);
    }

    /** True if any claimed shard waits for a time. */
    boolean hasTimers() {
        return seats.stream().anyMatch(seat -> {
            if (!seat.lock.tryLock()) {
                return false;
            }
            try {
                return seat.claimed != null && seat.left == null && seat.claimed.hasTimer();
            } finally {
                seat.lock.unlock();
            }
        });
    }

    /** The next of what instances took too long for; null if there is none. */
    @Nullable
    Overrun nextOverrun() {
        return overruns.poll();
    }

    /**
     * How the claimed shards of this node stand. A shard that is at work, perhaps for long since an instance is slow, is
     * not waited for: it is told as it was about a second before the batch that it works at.
     */
    public List<ShardStatus> status() {
        long deadline = System.nanoTime() + STATUS_PATIENCE_NANOS;
        List<ShardStatus> status = new ArrayList<>();
        for (Seat seat : seats) {
            if (locked(seat, deadline)) {
                try {
                    if (seat.left == null) {
                        seat.look();
                    }
                } finally {
                    seat.lock.unlock();
                }
            }
            ShardStatus seen = seat.seen;
            if (seen != null) {
                status.add(seen);
            }
        }
        return status;
    }

    private static boolean locked(Seat seat, long deadline) {
        try {
            return seat.lock.tryLock(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
