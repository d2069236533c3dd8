// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.hazelcast;

import com.hazelcast.cluster.Member;
import com.hazelcast.core.ExecutionCallback;
import com.hazelcast.core.HazelcastException;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.HazelcastInstanceNotActiveException;
import com.hazelcast.core.IExecutorService;
import io.evenkeel.runtime.shard.LogUnavailableException;
import java.time.Duration;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * Whether a majority of the nodes answers, asked anew when the members have changed and after a second.
 *
 * <p>That a majority is among the members is not enough to claim a shard. A node that is cut off from two others finds out
 * about one after the other, and takes itself and the second for a majority in between. With a claim in that moment its
 * copy of a log would have a higher epoch than that of the owner in the other part, who went on and had no reason to claim
 * anything; and when the parts become one again, the {@linkplain LatestWins latest} would be the wrong one.
 *
 * <p>Thread-safe.
 */
final class HeardMajority {
    /**
     * An answer says nothing of what comes after it. The members may be the same as when it was given, and have gone and come
     * in between; or nobody has missed those yet who are gone.
     */
    private static final long VALID_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final HazelcastInstance grid;
    private final int minimum;
    private final Duration limit;
    private final IExecutorService control;
    private volatile Heard heard = Heard.NOTHING;

    /** The members of which no majority answered, when they were asked last; guarded by this. */
    private Set<UUID> silent = Set.of();

    private long askAgainNanos;

    /** @param members of which a majority answered to a question that was asked at that time */
    private record Heard(Set<UUID> members, long askedNanos) {
        private static final Heard NOTHING = new Heard(Set.of(), 0);

        boolean still(Set<UUID> current) {
            return members.equals(current) && System.nanoTime() - askedNanos < VALID_NANOS;
        }
    }

    /** @param limit for the answers */
    HeardMajority(HazelcastInstance grid, int minimum, Duration limit) {
        this.grid = grid;
        this.minimum = minimum;
        this.limit = limit;
        this.control = grid.getExecutorService(Grid.CONTROL);
    }

    /** @throws LogUnavailableException if no majority answers within the limit; it is worth while to try again */
    void require() {
        try {
            Set<Member> members = grid.getCluster().getMembers();
            Set<UUID> ids = members.stream().map(Member::getUuid).collect(Collectors.toSet());
            if (!heard.still(ids)) {
                ask(members, ids);
            }
        } catch (HazelcastException | HazelcastInstanceNotActiveException | RejectedExecutionException e) {
            throw new LogUnavailableException("Expected to hear a majority of the nodes, but the grid is ending", e);
        }
    }

    private synchronized void ask(Set<Member> members, Set<UUID> ids) {
        if (heard.still(ids)) {
            return;
        }
        long now = System.nanoTime();
        // Whoever claims many shards is not to wait for each of them.
        boolean asked = ids.equals(silent) && now - askAgainNanos < 0;
        int answers = asked ? 0 : answers(members);
        if (answers < minimum) {
            if (!asked) {
                silent = ids;
                askAgainNanos = System.nanoTime() + limit.toNanos();
            }
            throw new LogUnavailableException(
                    "Expected " + minimum + " of the nodes " + members + " to answer before a shard is claimed, but "
                            + (asked ? "they did not a moment ago" : "only " + answers + " did"),
                    null);
        }
        heard = new Heard(ids, now);
    }

    /** What was heard is not sure any more: a write was not acknowledged. */
    void forget() {
        heard = Heard.NOTHING;
    }

    /** This node, and those of the others that answer; it stops counting at the minimum. */
    private int answers(Set<Member> members) {
        BlockingQueue<Boolean> answers = new LinkedBlockingQueue<>();
        int others = 0;
        for (Member member : members) {
            if (!member.localMember()) {
                // It says nothing new, which every node takes in good part.
                control.submitToMember(new ProgressTask(), member, new Answer(answers));
                others++;
            }
        }
        long deadline = System.nanoTime() + limit.toNanos();
        int count = 1;
        for (int i = 0; i < others && count < minimum; i++) {
            count += Boolean.TRUE.equals(next(answers, deadline)) ? 1 : 0;
        }
        return count;
    }

    private static Boolean next(BlockingQueue<Boolean> answers, long deadlineNanos) {
        try {
            Boolean answer = answers.poll(Math.max(0, deadlineNanos - System.nanoTime()), TimeUnit.NANOSECONDS);
            return answer != null && answer;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** @param answers takes whether the member answered */
    private record Answer(BlockingQueue<Boolean> answers) implements ExecutionCallback<Object> {
        @Override
        public void onResponse(Object response) {
            answers.add(true);
        }

        @Override
        public void onFailure(Throwable failure) {
            // One that is still starting is there all the same.
            answers.add(failure instanceof NotReadyException || failure.getCause() instanceof NotReadyException);
        }
    }
}
