// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.hazelcast;

import com.hazelcast.cluster.Member;
import com.hazelcast.core.ExecutionCallback;
import com.hazelcast.core.HazelcastException;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.HazelcastInstanceNotActiveException;
import com.hazelcast.core.IExecutorService;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

/**
 * Which of the other nodes answer. The grid says that a frozen one is gone only after seconds; who is in trouble meanwhile
 * asks here.
 *
 * <p>A node that owes an answer is asked again seldom, so that little piles up in front of it. Thread-safe; nothing here
 * blocks.
 */
final class HeardNodes {
    private static final String CONTEXT = "evenkeel.heard";
    private static final long ASK_AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    /** When a question, or its answer, is taken for lost: the grid itself waits for a minute. */
    private static final long LOST_NANOS = TimeUnit.SECONDS.toNanos(2);

    /** When a question tells nothing any more, which the gate of a node repeats each second while it is not answered. */
    private static final long FORGOTTEN_NANOS = 2 * LOST_NANOS;

    private final HazelcastInstance grid;
    private final IExecutorService life;
    /** When those were asked first who owe an answer. */
    private final Map<UUID, Long> asked = new ConcurrentHashMap<>();
    /** When each was asked last. */
    private final Map<UUID, Long> tried = new ConcurrentHashMap<>();
    /** When the latest of all that it answered was asked. */
    private final Map<UUID, Long> answered = new ConcurrentHashMap<>();

    private HeardNodes(HazelcastInstance grid) {
        this.grid = grid;
        this.life = grid.getExecutorService(Grid.LIFE);
    }

    /** The one of this node. */
    static HeardNodes of(HazelcastInstance grid) {
        return (HeardNodes) grid.getUserContext().computeIfAbsent(CONTEXT, key -> new HeardNodes(grid));
    }

    /** Asks all others for a sign of life. */
    void ask() {
        long now = System.nanoTime();
        try {
            for (Member member : grid.getCluster().getMembers()) {
                Long last = answered.get(member.getUuid());
                if (!member.localMember() && (last == null || now - last > ASK_AGAIN_NANOS)) {
                    ask(member, now);
                }
            }
        } catch (HazelcastException | HazelcastInstanceNotActiveException | RejectedExecutionException ending) {
            // The grid is ending: nobody is heard.
            return;
        }
    }

    private void ask(Member member, long now) {
        Long last = tried.get(member.getUuid());
        if (asked.putIfAbsent(member.getUuid(), now) != null && last != null && now - last < LOST_NANOS) {
            return;
        }
        tried.put(member.getUuid(), now);
        try {
            // It says nothing new, which every node takes in good part.
            life.submitToMember(new ProgressTask(), member, new Answer(member.getUuid()));
        } catch (RuntimeException e) {
            asked.remove(member.getUuid());
            throw e;
        }
    }

    /** Those among the members that have owed an answer for so long, and were asked of late. */
    Set<UUID> silent(long nanos) {
        long now = System.nanoTime();
        Set<UUID> silent = new HashSet<>();
        for (Member member : grid.getCluster().getMembers()) {
            Long since = asked.get(member.getUuid());
            Long last = tried.get(member.getUuid());
            if (since != null && now - since >= nanos && last != null && now - last < FORGOTTEN_NANOS) {
                silent.add(member.getUuid());
            }
        }
        return silent;
    }

    /**
     * The same; none if so many are silent that this node may itself be the one that is cut off, or that something may have lost
     * all its copies.
     */
    Set<UUID> silentFew(long nanos, int backups, int minimum) {
        Set<UUID> silent = silent(nanos);
        int members = grid.getCluster().getMembers().size();
        return silent.size() > backups || members - silent.size() < minimum ? Set.of() : silent;
    }

    /** Notes that a node answered something else: if it was asked for a sign of life before, that is lost, and not it. */
    void answers(UUID node, long askedNanos) {
        asked.computeIfPresent(node, (id, since) -> since - askedNanos < 0 ? null : since);
        noteAnswer(node, askedNanos);
    }

    private void noteAnswer(UUID node, long askedNanos) {
        answered.merge(node, askedNanos, (one, other) -> one - other > 0 ? one : other);
    }

    /** Whether a node has answered to something that it was asked after that instant. */
    boolean answersSince(UUID node, long nanos) {
        Long last = answered.get(node);
        return last != null && last - nanos > 0;
    }

    private final class Answer implements ExecutionCallback<Object> {
        private final UUID node;

        Answer(UUID node) {
            this.node = node;
        }

        @Override
        public void onResponse(Object response) {
            Long since = asked.remove(node);
            if (since != null) {
                noteAnswer(node, since);
            }
        }

        @Override
        public void onFailure(Throwable failure) {
            // One that is still starting is there all the same.
            if (failure instanceof NotReadyException || failure.getCause() instanceof NotReadyException) {
                onResponse(failure);
            } else {
                asked.remove(node);
            }
        }
    }
}
