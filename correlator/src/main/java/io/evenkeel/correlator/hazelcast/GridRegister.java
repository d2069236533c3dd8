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
import java.util.Optional;
import java.util.concurrent.ExecutionException;
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
    public void keep(ChangeRecord record) {
        byte[] json = RegisterCodec.encodeRecord(record);
        byte[] value = ByteBuffer.allocate(Long.BYTES + json.length)
                .putLong(record.attempt())
                .put(json)
                .array();
        ask(Grid.CHANGES, record.id(), new ReplaceValue(value, ReplaceValue.Rule.NEWER));
    }

    @Override
    public Optional<ChangeRecord> findKept(String id) {
        byte[] value = ask(Grid.CHANGES, id, new ReadValue());
        if (value == null) {
            return Optional.empty();
        }
        byte[] json = new byte[value.length - Long.BYTES];
        System.arraycopy(value, Long.BYTES, json, 0, json.length);
        return Optional.of(RegisterCodec.decodeRecord(json));
    }

    private <R extends @Nullable Object> @Nullable R ask(
            String map, String key, EntryProcessor<String, byte[], R> question) {
        try {
            IMap<String, byte[]> values = grid.getMap(map);
            return values.submitToKey(key, question).toCompletableFuture().get(LIMIT_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            Throwable cause = e instanceof ExecutionException ? e.getCause() : e;
            throw new CatalogUnavailableException(
                    "Expected the cluster to answer for the catalog, but it did not for certain: " + cause,
                    RETRY_AFTER);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CatalogUnavailableException("Interrupted while the catalog was asked for.", RETRY_AFTER);
        } catch (RuntimeException e) {
            // A minority, or a member that is about to leave.
            throw new CatalogUnavailableException(
                    "Expected a cluster that can answer for the catalog, but: " + e.getMessage(), RETRY_AFTER);
        }
    }
}
