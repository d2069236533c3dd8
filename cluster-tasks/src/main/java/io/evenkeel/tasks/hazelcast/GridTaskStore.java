// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.tasks.hazelcast;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.map.EntryProcessor;
import com.hazelcast.map.IMap;
import com.hazelcast.query.Predicate;
import com.hazelcast.query.Predicates;
import io.evenkeel.runtime.hazelcast.Grid;
import io.evenkeel.tasks.record.Stored;
import io.evenkeel.tasks.record.TaskStore;
import io.evenkeel.tasks.record.TasksUnavailableException;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Values as keys of one map, pieces of results as keys of another. Writes are operations on single keys: those wait for
 * their backups.
 */
public final class GridTaskStore implements TaskStore {
    /** Longer than the grid takes to remove a dead node that held the key, and to ask the next one. */
    private static final long LIMIT_SECONDS = 15;

    private final IMap<String, byte[]> values;
    private final IMap<String, byte[]> pieces;

    public GridTaskStore(HazelcastInstance grid) {
        this.values = grid.getMap(Grid.TASKS);
        this.pieces = grid.getMap(Grid.RESULTS);
    }

    @Override
    public Optional<Stored> read(String key) {
        return ask(() -> Optional.ofNullable(await(values.getAsync(key))).map(GridTaskStore::stored));
    }

    @Override
    public Map<String, Stored> all(String prefix) {
        return ask(() -> {
            Map<String, Stored> all = new TreeMap<>();
            // Only those of the prefix come over the network.
            Predicate<String, byte[]> beginsSo = Predicates.like("__key", prefix + "%");
            values.entrySet(beginsSo).forEach(entry -> all.put(entry.getKey(), stored(entry.getValue())));
            return all;
        });
    }

    @Override
    public boolean swap(String key, long expected, Stored next) {
        return change(key, new SwapValue(SwapValue.Rule.EXPECTED, expected, bytes(next)));
    }

    @Override
    public void offer(String key, Stored value) {
        change(key, new SwapValue(SwapValue.Rule.NEWER, 0, bytes(value)));
    }

    @Override
    public void forget(String key, long expected) {
        change(key, new SwapValue(SwapValue.Rule.EXPECTED, expected, null));
    }

    private boolean change(String key, EntryProcessor<String, byte[], Boolean> change) {
        return ask(() -> await(values.submitToKey(key, change)));
    }

    @Override
    public void keepPiece(String key, byte[] bytes) {
        ask(() -> await(pieces.setAsync(key, bytes).thenApply(done -> true)));
    }

    @Override
    public Optional<byte[]> readPiece(String key) {
        return ask(() -> Optional.ofNullable(await(pieces.getAsync(key))));
    }

    private static <T> T await(CompletionStage<T> answer)
            throws InterruptedException, ExecutionException, TimeoutException {
        return answer.toCompletableFuture().get(LIMIT_SECONDS, TimeUnit.SECONDS);
    }

    private static <T> T ask(Callable<T> question) {
        try {
            return question.call();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new TasksUnavailableException("Interrupted while the cluster was asked about tasks.", e);
        } catch (Exception e) {
            // A minority, a member that is about to leave, a backup that did not answer.
            Throwable cause = e instanceof ExecutionException && e.getCause() != null ? e.getCause() : e;
            throw new TasksUnavailableException(
                    "Expected the cluster to answer about tasks, but it did not for certain: " + cause, cause);
        }
    }

    private static byte[] bytes(Stored value) {
        return ByteBuffer.allocate(Long.BYTES + value.bytes().length)
                .putLong(value.stamp())
                .put(value.bytes())
                .array();
    }

    private static Stored stored(byte[] value) {
        byte[] json = new byte[value.length - Long.BYTES];
        System.arraycopy(value, Long.BYTES, json, 0, json.length);
        return new Stored(SwapValue.stampOf(value), json);
    }
}
