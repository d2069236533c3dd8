// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.hazelcast;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.map.EntryProcessor;
import com.hazelcast.map.IMap;
import io.evenkeel.correlator.catalog.CatalogUnavailableException;
import io.evenkeel.correlator.catalog.ChangeRecord;
import io.evenkeel.correlator.catalog.Register;
import io.evenkeel.correlator.catalog.RegisterCodec;
import io.evenkeel.correlator.catalog.RegisterState;
import io.evenkeel.runtime.hazelcast.Grid;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * The register as one key of a map with a copy on every node; records of changes as keys of another. Only operations on
 * single keys: those wait for their backups. Thread-safe.
 */
final class GridRegister implements Register {
    private static final String KEY = "register";
    private static final Duration RETRY_AFTER = Duration.ofSeconds(2);
    /** Longer than the grid takes to remove a dead node that held the key, and to ask the next one. */
    private static final long LIMIT_SECONDS = 15;

    private final HazelcastInstance grid;

    GridRegister(HazelcastInstance grid) {
        this.grid = grid;
    }

    @Override
    public RegisterState read() {
        byte[] bytes = ask(Grid.CATALOG, KEY, new ReadValue());
        return bytes == null ? RegisterState.EMPTY : RegisterCodec.decode(bytes);
    }

    @Override
    public long peekVersion() {
        Long version = ask(Grid.CATALOG, KEY, new PeekVersion());
        return version == null ? 0 : version;
    }

    @Override
    public RegisterState replace(RegisterState next) {
        byte[] there = ask(Grid.CATALOG, KEY, new ReplaceValue(RegisterCodec.encode(next), ReplaceValue.Rule.NEXT));
        if (there == null) {
            return next;
        }
        return there.length == 0 ? RegisterState.EMPTY : RegisterCodec.decode(there);
    }

    @Override
    public void keep(Collection<ChangeRecord> records) {
        List<Future<?>> asked = new ArrayList<>(records.size());
        for (ChangeRecord record : records) {
            byte[] json = RegisterCodec.encodeRecord(record);
            byte[] value = ByteBuffer.allocate(Long.BYTES + json.length)
                    .putLong(record.attempt())
                    .put(json)
                    .array();
            asked.add(submit(Grid.CHANGES, record.id(), new ReplaceValue(value, ReplaceValue.Rule.NEWER)));
        }
        asked.forEach(GridRegister::await);
    }

    @Override
    public List<ChangeRecord> findKept(Collection<String> ids) {
        List<Future<byte @Nullable []>> asked = new ArrayList<>(ids.size());
        for (String id : ids) {
            asked.add(submit(Grid.CHANGES, id, new ReadValue()));
        }
        List<ChangeRecord> kept = new ArrayList<>(ids.size());
        for (Future<byte @Nullable []> answer : asked) {
            byte[] value = await(answer);
            if (value != null) {
                kept.add(RegisterCodec.decodeRecord(Arrays.copyOfRange(value, Long.BYTES, value.length)));
            }
        }
        return kept;
    }

    private <R extends @Nullable Object> @Nullable R ask(
            String map, String key, EntryProcessor<String, byte[], R> question) {
        return await(submit(map, key, question));
    }

    private <R extends @Nullable Object> Future<R> submit(
            String map, String key, EntryProcessor<String, byte[], R> question) {
        try {
            IMap<String, byte[]> values = grid.getMap(map);
            return values.submitToKey(key, question).toCompletableFuture();
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private static <R extends @Nullable Object> @Nullable R await(Future<R> answer) {
        try {
            return answer.get(LIMIT_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException | CancellationException e) {
            // Also: a minority, or a member that is about to leave.
            Throwable cause = e instanceof ExecutionException ? e.getCause() : e;
            throw new CatalogUnavailableException(
                    "Expected the cluster to answer for the catalog, but it did not for certain: " + cause,
                    RETRY_AFTER);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CatalogUnavailableException("Interrupted while the catalog was asked for.", RETRY_AFTER);
        }
    }
}
