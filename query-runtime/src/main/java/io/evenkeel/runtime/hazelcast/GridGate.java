// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.hazelcast;

import com.hazelcast.cluster.Member;
import com.hazelcast.cluster.MembershipEvent;
import com.hazelcast.cluster.MembershipListener;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.HazelcastInstanceNotActiveException;
import com.hazelcast.core.LifecycleEvent.LifecycleState;
import com.hazelcast.partition.PartitionLostEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says when it is safe to commit (I7): enough members, and every log entry on as many of them as configured.
 *
 * <p>A write succeeds without its backup if the backup's member has just gone. So the gate closes when a member goes,
 * and opens when the grid has made the missing copies: what was written meanwhile is then replicated too. The members
 * are compared at each commit, because a write may return before the listener has been told.
 *
 * <p>When a member comes, or goes in good order, copies move while all are there: the gate stays open.
 *
 * <p>When this process {@linkplain StallTicker stood still}, what it knows of the others is old: they may have gone on without
 * it. So the gate closes, and opens when all of them say anew that their copies are there and that this node is one of them.
 *
 * <p>Thread-safe.
 */
public final class GridGate implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(GridGate.class);

    private static final long ANSWER_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    private static final long ASK_AGAIN_NANOS = TimeUnit.SECONDS.toNanos(2);

    /** How long copies may move before nobody believes any more that all are up to date. */
    private static final long MOVING_NANOS = TimeUnit.SECONDS.toNanos(60);

    /**
     * How long copies that were all there are taken to be there still although a member is silent. The grid removes a frozen
     * one long before.
     */
    private static final long UNTOLD_NANOS = TimeUnit.SECONDS.toNanos(20);

    /**
     * The same although all members are heard, and one is late to say it: it asks those that have its copies in turn, which with 200 ms
     * there and back takes as long as anybody waits for it here.
     */
    private static final long LATE_NANOS = TimeUnit.SECONDS.toNanos(3);

    private static final long SILENT_NANOS = TimeUnit.MILLISECONDS.toNanos(300);
    /** Whoever was asked while a member was silent answers that long after it has come back, at the latest. */
    private static final long BACK_NANOS = TimeUnit.SECONDS.toNanos(3);

    private final HazelcastInstance grid;
    private final GridSettings settings;
    private final HeardNodes heard;
    private final StallTicker ticker;
    /** What members were asked and have not answered; of the verifier's thread. */
    private final Map<UUID, Question> questions = new HashMap<>();

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Set<Integer> lostShards = new ConcurrentSkipListSet<>();
    private final Thread verifier;
    private volatile Set<UUID> verified = Set.of();
    /** Members when all copies were there last, and when they were asked for that; of the verifier's thread. */
    private Set<UUID> complete = Set.of();

    private long completeNanos;
    private long silenceNanos = Long.MIN_VALUE;
    private volatile List<String> reasons = List.of("the cluster has not been verified yet");
    private volatile boolean stopped;
    private final GateTimes times = new GateTimes(System::nanoTime);

    /** Set when this process stood still, until the verifier has forgotten what it knew before. */
    private volatile boolean outdated;

    /** Whether the gate was open until this process stood still: copies that move then are no reason against it. */
    private volatile boolean shutByStall;

    private final LongAdder stalls = new LongAdder();

    /** Whether a member has all its copies, asked when these were the members. */
    private record Question(Set<UUID> members, String node, long askedNanos, Future<String> answer) {}

    /** What all members said together, and when the oldest of the answers was asked for. */
    private record Round(CopiesTold told, long askedNanos) {}

    public GridGate(HazelcastInstance grid, GridSettings settings) {
        this(grid, settings, System::nanoTime);
    }

    /** @param clock of the ticker that notices when this process stood still */
    GridGate(HazelcastInstance grid, GridSettings settings, LongSupplier clock) {
        this.grid = grid;
        this.settings = settings;
        this.ticker = new StallTicker(clock, this::stalled);
        this.heard = HeardNodes.of(grid);
        this.verifier = new Thread(this::verify, "evenkeel-gate");
        this.verifier.setDaemon(true);
    }

    public void start() {
        grid.getCluster().addMembershipListener(new MembershipListener() {
            @Override
            public void memberAdded(MembershipEvent event) {
                wake();
            }

            @Override
            public void memberRemoved(MembershipEvent event) {
                LOG.warn("Node {} left. Commits wait until its copies are replaced", Grid.nameOf(event.getMember()));
                close("a node left and its copies are not replaced yet: " + Grid.nameOf(event.getMember()));
            }
        });
        grid.getPartitionService().addPartitionLostListener(this::lost);
        grid.getLifecycleService().addLifecycleListener(event -> {
            if (event.getState() == LifecycleState.MERGED) {
                // Lost were the shards of the part that this node was left in.
                lostShards.clear();
            }
        });
        ticker.start();
        verifier.start();
    }

    private void stalled(long nanos) {
        long millis = TimeUnit.NANOSECONDS.toMillis(nanos);
        LOG.warn("This node stood still for {} ms. Commits wait until the others say that it is one of them", millis);
        if (reasons.isEmpty()) {
            shutByStall = true;
        }
        outdated = true;
        close("this node stood still for " + millis + " ms");
        stalls.increment();
    }

    private void lost(PartitionLostEvent event) {
        if (event.getLostBackupCount() >= settings.backups()) {
            lostShards.add(event.getPartitionId());
            if (current().size() < settings.minimum()) {
                // The others have it: they go on without this node, or wait for it.
                LOG.warn("Shard {} is with the nodes that this one does not see", event.getPartitionId());
                return;
            }
            LOG.error(
                    "Shard {} lost its log: more nodes died at once than there are backups ({}). Its history starts anew",
                    event.getPartitionId(),
                    settings.backups());
        }
    }

    /** True if a commit is safe at this moment. */
    public boolean open() {
        return !ticker.isStale() && reasons.isEmpty() && current().containsAll(verified);
    }

    /** Why it is not safe to commit; empty if it is. */
    public List<String> reasons() {
        return reasons;
    }

    /** Shards whose history was lost since this node started. */
    public Set<Integer> lostShards() {
        return lostShards;
    }

    /** How often the gate closed since this node started. */
    public long closings() {
        return times.closings();
    }

    /** How long it was closed. */
    public GateTimes times() {
        return times;
    }

    /** How often this process stood still, and shut the gate for that, since this node started. */
    public long stalls() {
        return stalls.sum();
    }

    /** Waits until a commit is safe. Returns false if it was not within the limit. */
    public boolean awaitOpen(Duration limit) throws InterruptedException {
        if (open()) {
            return true;
        }
        long left = limit.toNanos();
        lock.lock();
        try {
            while (!open() && left > 0 && !stopped) {
                left = changed.awaitNanos(left);
            }
            return open();
        } finally {
            lock.unlock();
        }
    }

    private Set<UUID> current() {
        Set<UUID> members = new HashSet<>();
        try {
            for (Member member : grid.getCluster().getMembers()) {
                members.add(member.getUuid());
            }
        } catch (HazelcastInstanceNotActiveException stoppedMeanwhile) {
            LOG.debug("The grid is stopped", stoppedMeanwhile);
        }
        return members;
    }

    private void close(String reason) {
        lock.lock();
        try {
            if (reasons.isEmpty()) {
                times.closed();
            }
            reasons = List.of(reason);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void wake() {
        lock.lock();
        try {
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void verify() {
        while (!stopped) {
            try {
                if (outdated) {
                    outdated = false;
                    // Answers that came in meanwhile are to questions from before.
                    questions.clear();
                }
                Set<UUID> members = current();
                List<String> found = examine(members);
                lock.lock();
                try {
                    // Members that left meanwhile were not part of what was examined, nor was a standstill.
                    boolean same = members.equals(current()) && !outdated && !ticker.isStale();
                    if (same && !found.equals(reasons)) {
                        if (found.isEmpty()) {
                            times.opened();
                            LOG.info("Commits are safe with {} nodes", members.size());
                        } else if (reasons.isEmpty()) {
                            times.closed();
                            LOG.warn("Commits wait: {}", String.join("; ", found));
                        }
                        reasons = found;
                    }
                    if (same) {
                        verified = members;
                        shutByStall = false;
                    }
                    changed.signalAll();
                    changed.await(same && found.isEmpty() ? 1_000 : 20, TimeUnit.MILLISECONDS);
                } finally {
                    lock.unlock();
                }
            } catch (InterruptedException e) {
                return;
            } catch (RuntimeException e) {
                if (stopped) {
                    return;
                }
                close("the grid did not answer: " + e);
                LOG.warn("Expected the grid to say whether it is safe, but it did not", e);
            }
        }
    }

    private List<String> examine(Set<UUID> members) {
        List<String> found = new ArrayList<>();
        if (!grid.getLifecycleService().isRunning()) {
            return List.of("the grid is not running");
        }
        boolean minority = members.size() < settings.minimum();
        if (minority) {
            found.add("minority: " + members.size() + " of "
                    + settings.members().size() + " nodes are here, cluster.minimum=" + settings.minimum());
        }
        long holders =
                grid.getCluster().getMembers().stream().filter(Grid::computes).count();
        if (holders == 0) {
            found.add("no node with the role compute is here: nobody evaluates what is received");
        } else if (!minority && holders < settings.holders()) {
            found.add("too few nodes for the backups: " + holders + " are here with the role compute, cluster.backups="
                    + settings.backups() + " needs " + settings.holders());
        }
        if (found.isEmpty()) {
            Round round = copies(members);
            CopiesTold told = round.told();
            switch (told.copies()) {
                case ALL -> {
                    complete = members;
                    completeNanos = round.askedNanos();
                }
                case MOVING -> {
                    // If one of those left that had all copies, some are not moving but missing.
                    if (!reasons.isEmpty() && !shutByStall
                            || !members.containsAll(complete)
                            || System.nanoTime() - completeNanos > MOVING_NANOS) {
                        found.add("copies are being made: " + told.why());
                    }
                }
                case UNTOLD -> {
                    if (!reasons.isEmpty() || !restsOnWhoIsHeard(members)) {
                        found.add("copies are being made: " + told.why());
                    }
                }
                case MISSING -> found.add("copies are being made: " + told.why());
            }
        }
        return found;
    }

    /**
     * Whether an open gate may stay open although not all members say that their copies are there, because one is frozen, or because
     * the network is slow.
     *
     * <p>As long as it is a member, no append to a shard with a copy on it succeeds, so nothing that rests on such a shard is
     * committed. The other shards have all their copies on members that are heard; and so few are silent that even if they
     * never come back, each shard has a copy left that has everything. As soon as one is removed the members are others, and
     * the gate is shut.
     */
    private boolean restsOnWhoIsHeard(Set<UUID> members) {
        if (heard.silent(SILENT_NANOS).isEmpty()) {
            // Perhaps nobody was silent yet when it was asked last.
            heard.ask();
            LockSupport.parkNanos(SILENT_NANOS + SILENT_NANOS / 10);
        }
        long now = System.nanoTime();
        int silent = heard.silent(SILENT_NANOS).size();
        if (silent > 0) {
            silenceNanos = now;
        }
        boolean recent = silenceNanos != Long.MIN_VALUE && now - silenceNanos < BACK_NANOS;
        return (recent || now - completeNanos < LATE_NANOS)
                && silent <= settings.backups()
                && members.size() - silent >= settings.minimum()
                && members.equals(complete)
                && now - completeNanos < UNTOLD_NANOS;
    }

    /**
     * Asks each member, as {@code isClusterSafe()} would. That one hangs for ten seconds if a member dies under the
     * question (a failed check of a replica is never counted as an answer), and so does the member that is asked.
     * Therefore none is asked again while it owes an answer, or its threads would all hang: only after two seconds, or when
     * the members have changed, because what hangs then is about others. An answer that comes later than it is waited for counts the
     * next time, if the one to the next question is late as well, as over a slow network.
     */
    private Round copies(Set<UUID> members) {
        long now = System.nanoTime();
        heard.ask();
        questions
                .values()
                .removeIf(question ->
                        !question.members().equals(members) || now - question.askedNanos() > ASK_AGAIN_NANOS);
        Map<UUID, Question> earlier = new HashMap<>(questions);
        earlier.values().removeIf(question -> !question.answer().isDone());
        questions.keySet().removeAll(earlier.keySet());
        for (Member member : grid.getCluster().getMembers()) {
            questions.computeIfAbsent(member.getUuid(), asked -> question(members, member));
        }
        CopiesTold all = new CopiesTold(Copies.ALL, "");
        long askedNanos = now;
        for (Map.Entry<UUID, Question> question : questions.entrySet()) {
            // A member that is just starting may be slow, and nothing hangs on it yet.
            Copies silence = complete.contains(question.getKey()) ? Copies.UNTOLD : Copies.MOVING;
            CopiesTold told = told(question.getValue(), now + ANSWER_NANOS, silence);
            Question late = earlier.get(question.getKey());
            if (late != null && told.copies() == silence) {
                told = told(late, now, silence);
                askedNanos = Math.min(askedNanos, late.askedNanos());
            }
            all = all.and(told);
        }
        questions.values().removeIf(question -> question.answer().isDone());
        return new Round(all, askedNanos);
    }

    private Question question(Set<UUID> members, Member member) {
        SafetyTask task = new SafetyTask(
                settings.backups(), grid.getCluster().getLocalMember().getUuid());
        return new Question(
                members,
                Grid.nameOf(member),
                System.nanoTime(),
                grid.getExecutorService(Grid.SAFETY).submitToMember(task, member));
    }

    private static CopiesTold told(Question question, long deadlineNanos, Copies silence) {
        try {
            // A node of another version may answer something else than a text.
            Object text = question.answer().get(Math.max(1, deadlineNanos - System.nanoTime()), TimeUnit.NANOSECONDS);
            return CopiesTold.parse(String.valueOf(text)).of(question.node());
        } catch (ExecutionException e) {
            LOG.debug("Not every node says that its copies are there", e);
            return new CopiesTold(
                            silence == Copies.UNTOLD ? Copies.MISSING : silence, "cannot be asked: " + e.getCause())
                    .of(question.node());
        } catch (TimeoutException e) {
            return new CopiesTold(silence, "does not answer").of(question.node());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new CopiesTold(Copies.MISSING, "was not heard");
        }
    }

    @Override
    public void close() {
        stopped = true;
        ticker.close();
        verifier.interrupt();
    }
}
