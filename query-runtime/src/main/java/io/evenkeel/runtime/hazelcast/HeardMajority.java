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
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

/**
 * Whether a majority of the nodes answers, sees the same members, and promises this node a {@linkplain Terms term}; asked anew
 * when the members have changed and after a second.
 *
 * <p>That a majority is among the members is not enough to claim a shard. A node that is cut off from two others finds out
 * about one after the other, and takes itself and the second for a majority in between. With a claim and an
 * append in that moment its copy of a log would have been written to in a higher epoch than that of the owner in the other part,
 * who went on and had no reason to claim anything; and when the parts become one again, the {@linkplain LatestWins latest} would be the wrong one. The second may
 * also be there for some seconds more, if the cuts come one after the other: it answers, but it still sees the first. A node
 * has one view at a time, so two parts cannot both have its consent. Nor does it agree to anything while it is
 * {@linkplain Merging merging}.
 *
 * <p>Thread-safe.
 */
final class HeardMajority {
    /**
     * An answer says nothing of what comes after it. The members may be the same as when it was given, and have gone and come
     * in between; or nobody has missed those yet who are gone.
     */
    private static final long VALID_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** Who sees others will see the same soon, since the oldest node tells all of them who is there. */
    private static final long DIFFER_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    /** How often a higher term is asked for at once: several nodes may want one at the same moment. */
    private static final int BIDS = 10;

    private final HazelcastInstance grid;
    private final int minimum;
    private final Duration limit;
    private final IExecutorService control;
    private final Terms terms;
    private volatile Heard heard = Heard.NOTHING;

    /** The members of which no majority agreed, when they were asked last; guarded by this. */
    private String refused = "";

    private long askAgainNanos;

    /** How a node answered, if it did. */
    private enum Vote {
        SAME,
        OTHER,
        /** It has promised as much to another node, or more. */
        OUTBID,
        NONE
    }

    /** @param members of which a majority sees the same, as they said when they were asked at that time */
    private record Heard(String members, long askedNanos) {
        private static final Heard NOTHING = new Heard("", 0);

        boolean still(String current) {
            return members.equals(current) && System.nanoTime() - askedNanos < VALID_NANOS;
        }
    }

    /** @param limit for the answers */
    HeardMajority(HazelcastInstance grid, int minimum, Duration limit) {
        this.grid = grid;
        this.minimum = minimum;
        this.limit = limit;
        this.control = grid.getExecutorService(Grid.CONTROL);
        this.terms = Terms.of(grid);
    }

    /** @throws LogUnavailableException if no majority agrees within the limit; it is worth while to try again */
    void require() {
        if (Merging.isUnderWay(grid)) {
            throw new LogUnavailableException(
                    "Expected this node to have brought all it has to the part of the grid that it joins, before it claims a"
                            + " shard, but it has not yet",
                    null);
        }
        try {
            Set<Member> members = grid.getCluster().getMembers();
            String seen = MembersTask.textOf(members);
            if (!heard.still(seen)) {
                ask(members, seen);
            }
        } catch (HazelcastException | HazelcastInstanceNotActiveException | RejectedExecutionException e) {
            throw new LogUnavailableException("Expected to hear a majority of the nodes, but the grid is ending", e);
        }
    }

    private synchronized void ask(Set<Member> members, String seen) {
        if (heard.still(seen)) {
            return;
        }
        long now = System.nanoTime();
        // Whoever claims many shards is not to wait for each of them.
        if (seen.equals(refused) && now - askAgainNanos < 0) {
            throw refuse(members, "they did not a moment ago");
        }
        long term = terms.next();
        List<Vote> votes = votes(members, seen, term);
        for (int again = 0; again < BIDS && votes.contains(Vote.OUTBID) && agreed(votes) < minimum; again++) {
            term = terms.next();
            votes = votes(members, seen, term);
        }
        long agreed = agreed(votes);
        if (agreed < minimum) {
            refused = seen;
            boolean differ = votes.contains(Vote.OTHER) || votes.contains(Vote.OUTBID);
            askAgainNanos = System.nanoTime() + (differ ? DIFFER_NANOS : limit.toNanos());
            throw refuse(members, "only " + agreed + " did. answers=" + votes);
        }
        terms.won(term);
        heard = new Heard(seen, now);
    }

    private static long agreed(List<Vote> votes) {
        return 1 + votes.stream().filter(Vote.SAME::equals).count();
    }

    /** What was heard is not sure any more: a write was not acknowledged. */
    void forget() {
        heard = Heard.NOTHING;
    }

    private LogUnavailableException refuse(Set<Member> members, String why) {
        return new LogUnavailableException(
                "Expected " + minimum + " nodes to answer, and to see the members " + members
                        + ", before a shard is claimed, but " + why,
                null);
    }

    /** What the others say, until it is enough or the time is up. */
    private List<Vote> votes(Set<Member> members, String seen, long term) {
        BlockingQueue<Vote> answers = new LinkedBlockingQueue<>();
        int others = 0;
        for (Member member : members) {
            if (!member.localMember()) {
                control.submitToMember(new MembersTask(term), member, new Answer(seen, answers, terms));
                others++;
            }
        }
        long deadline = System.nanoTime() + limit.toNanos();
        List<Vote> votes = new ArrayList<>();
        int agreed = 1;
        for (int i = 0; i < others && agreed < minimum; i++) {
            Vote vote = next(answers, deadline);
            votes.add(vote);
            if (vote == Vote.OTHER || vote == Vote.OUTBID) {
                deadline = Math.min(deadline, System.nanoTime() + DIFFER_NANOS);
            }
            agreed += vote == Vote.SAME ? 1 : 0;
        }
        return votes;
    }

    private static Vote next(BlockingQueue<Vote> answers, long deadlineNanos) {
        try {
            Vote vote = answers.poll(Math.max(0, deadlineNanos - System.nanoTime()), TimeUnit.NANOSECONDS);
            return vote == null ? Vote.NONE : vote;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Vote.NONE;
        }
    }

    /**
     * @param seen    whom the node that asks takes for the members
     * @param answers takes how the member answered
     * @param terms   takes what it has promised before
     */
    private record Answer(String seen, BlockingQueue<Vote> answers, Terms terms) implements ExecutionCallback<String> {
        @Override
        public void onResponse(String members) {
            long promised = MembersTask.outbid(members);
            terms.saw(promised);
            if (promised > 0) {
                answers.add(Vote.OUTBID);
            } else {
                answers.add(seen.equals(members) ? Vote.SAME : Vote.OTHER);
            }
        }

        @Override
        public void onFailure(Throwable failure) {
            answers.add(Vote.NONE);
        }
    }
}
