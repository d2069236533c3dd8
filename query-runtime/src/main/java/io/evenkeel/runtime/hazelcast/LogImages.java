// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.hazelcast;

import com.hazelcast.cluster.Member;
import com.hazelcast.core.HazelcastException;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.HazelcastInstanceNotActiveException;
import com.hazelcast.internal.serialization.InternalSerializationService;
import com.hazelcast.jet.impl.util.Util;
import com.hazelcast.map.IMap;
import io.evenkeel.runtime.shard.LogUnavailableException;
import java.io.IOException;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes the logs of shards out of a cluster as bytes, and puts them into another one with as many shards. For any thread;
 * each call asks the grid.
 */
public final class LogImages {
    private static final Logger LOG = LoggerFactory.getLogger(LogImages.class);
    private static final long FORGET_SECONDS = 10;
    /** Beside the names of queues, none of which begins with a space: that a restore has begun. */
    private static final String RESTORED = " restored";

    private final HazelcastInstance grid;
    private final HazelcastShardLog log;
    private final InternalSerializationService serialization;

    public LogImages(HazelcastInstance grid) {
        this.grid = grid;
        this.log = new HazelcastShardLog(grid, new ShardPlaces(grid));
        this.serialization =
                (InternalSerializationService) Util.getNodeEngine(grid).getSerializationService();
    }

    /**
     * All that the log of a shard has; empty if nothing was ever logged there.
     *
     * @throws LogUnavailableException if the grid does not answer
     */
    public Optional<byte[]> take(int shard) {
        return log.image(shard).filter(image -> image.next() > 1).map(this::write);
    }

    private byte[] write(ShardImage image) {
        return Wire.toBytes(serialization, image::write);
    }

    /**
     * The last session on each queue. Read after the images, it is none before those that they name.
     *
     * @throws LogUnavailableException if the grid does not answer
     */
    public SortedMap<String, Long> sessions() {
        try {
            SortedMap<String, Long> sessions = new TreeMap<>(sessionMap());
            sessions.remove(RESTORED);
            return sessions;
        } catch (HazelcastException | HazelcastInstanceNotActiveException e) {
            throw new LogUnavailableException("Expected to read the sessions, but the grid did not answer", e);
        }
    }

    /**
     * Puts images into those shards in which nothing was ever logged, one after the other; nothing into a cluster that has
     * received something before the first restore, since its sessions could be taken for those of the other one.
     *
     * @param images   what tells of each, such as its file
     * @param bytes    reads one, as {@link #take} gave it in another cluster
     * @param sessions from {@link #sessions} of that cluster
     * @return how many shards got their image now
     * @throws IllegalArgumentException if what is given is no image; those before it stay
     * @throws LogUnavailableException  if the grid does not answer; those before stay
     */
    public <T> int put(Collection<T> images, Function<T, byte[]> bytes, Map<String, Long> sessions) {
        int restored = 0;
        try {
            if (!begin(sessions)) {
                return 0;
            }
            for (T image : images) {
                restored +=
                        log.restore(read(image.toString(), bytes.apply(image)), "restore/" + UUID.randomUUID(), 0, -1)
                                ? 1
                                : 0;
            }
        } catch (HazelcastException | HazelcastInstanceNotActiveException e) {
            throw new LogUnavailableException("Expected to restore a log, but the grid did not answer", e);
        } finally {
            if (restored > 0) {
                letAllForget();
            }
        }
        return restored;
    }

    /** Returns false if this cluster went its own way before. */
    private boolean begin(Map<String, Long> sessions) {
        IMap<String, Long> known = sessionMap();
        if (known.get(RESTORED) == null) {
            if (sessions.keySet().stream().anyMatch(known::containsKey)) {
                return false;
            }
            known.putIfAbsent(RESTORED, 1L);
        }
        // First: a shard refuses what comes from a session before those that it knows.
        raise(sessions);
        return true;
    }

    private ShardImage read(String name, byte[] bytes) {
        try {
            return ShardImage.read(serialization.createObjectDataInput(bytes)).readable();
        } catch (IOException | RuntimeException e) {
            throw new IllegalArgumentException(
                    "Expected the log of a shard in " + name + ", but it cannot be read: " + e, e);
        }
    }

    /** Later sessions get higher numbers than these. */
    void raise(Map<String, Long> sessions) {
        sessions.forEach(this::raise);
    }

    private void raise(String queue, long session) {
        IMap<String, Long> map = sessionMap();
        Long known = map.get(queue);
        while (known == null || known < session) {
            if (known == null ? map.putIfAbsent(queue, session) == null : map.replace(queue, known, session)) {
                return;
            }
            known = map.get(queue);
        }
    }

    private IMap<String, Long> sessionMap() {
        return grid.getMap(Grid.GENERATIONS);
    }

    /** A shard in which nothing happens does not append, and would not be told that it is fenced. */
    private void letAllForget() {
        Map<Member, Future<Boolean>> asked = new LinkedHashMap<>();
        for (Member member : grid.getCluster().getMembers()) {
            asked.put(member, grid.getExecutorService(Grid.APPLY).submitToMember(new ForgetTask(), member));
        }
        asked.forEach((member, done) -> {
            try {
                done.get(FORGET_SECONDS, TimeUnit.SECONDS);
            } catch (ExecutionException | TimeoutException e) {
                LOG.warn(
                        "Expected node {} to look at its shards again, but it did not: timers of what was restored"
                                + " there wait for the next event of their shard",
                        Grid.nameOf(member),
                        e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }
}
