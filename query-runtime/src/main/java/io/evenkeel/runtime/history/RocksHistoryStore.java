// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.history;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.CompressionType;
import org.rocksdb.Env;
import org.rocksdb.InfoLogLevel;
import org.rocksdb.LRUCache;
import org.rocksdb.Options;
import org.rocksdb.Priority;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.Slice;
import org.rocksdb.Status;
import org.rocksdb.WALRecoveryMode;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/**
 * A store in RocksDB. A round is one of its write batches, synced: a record of the write-ahead log with a checksum, so that a
 * torn one is as if it had never been begun.
 *
 * <p>Keys begin with what they are; numbers are big-endian, so that the batches of a shard lie in order.
 */
final class RocksHistoryStore implements HistoryStore {
    private static final byte FORMAT = 0;
    private static final byte BATCH = 1;
    private static final byte MARK = 2;
    private static final byte SESSION = 3;
    /** The epoch that appended last, by shard; a store of before there were terms has none, where it is that of the mark. */
    private static final byte WRITTEN = 4;

    private static final byte[] FORMAT_KEY = {FORMAT};
    private static final int FORMAT_NUMBER = 2;
    /** Enough for some thousand batches; two of them at most. */
    private static final long MEMORY_BYTES = 8 << 20;

    /** Marks and batches of an event or two stay with their keys. */
    private static final long LEAST_OF_A_BLOB = 512;

    /** The part of the blob files that a compaction empties. */
    private static final double OLDEST_FILES = 0.05;

    private static final long CACHE_BYTES = 4 << 20;
    private static final int OPEN_FILES = 64;

    private final Path folder;
    private final LRUCache cache;
    private final Options options;
    private final WriteOptions synced;
    private final RocksDB db;
    /** A closed database is freed memory: whoever uses it holds the reading side. */
    private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();

    private boolean closed;

    private RocksHistoryStore(Path folder) throws RocksDBException {
        this.folder = folder;
        this.cache = new LRUCache(CACHE_BYTES);
        this.options = new Options()
                .setEnv(inTheBackground())
                .setCreateIfMissing(true)
                // What follows a torn or damaged round would stand on it, and is left out with it.
                .setWalRecoveryMode(WALRecoveryMode.PointInTimeRecovery)
                .setWriteBufferSize(MEMORY_BYTES)
                .setMaxWriteBufferNumber(2)
                .setMaxOpenFiles(OPEN_FILES)
                .setCompressionType(CompressionType.NO_COMPRESSION)
                // Batches live for minutes and go in their order. In files of their own they are not copied whenever
                // keys are compacted, which is every few seconds under load.
                .setEnableBlobFiles(true)
                .setMinBlobSize(LEAST_OF_A_BLOB)
                // A file that holds one batch of a shard where little happens is emptied into a newer one.
                .setEnableBlobGarbageCollection(true)
                // Each compaction copies what lives in the oldest files, so few of them: most go by themselves.
                .setBlobGarbageCollectionAgeCutoff(OLDEST_FILES)
                .setTableFormatConfig(new BlockBasedTableConfig().setBlockCache(cache))
                .setInfoLogLevel(InfoLogLevel.WARN_LEVEL)
                .setKeepLogFileNum(2);
        this.synced = new WriteOptions().setSync(true);
        try {
            this.db = RocksDB.open(options, folder.toString());
        } catch (RocksDBException | RuntimeException e) {
            free();
            throw e;
        }
    }

    /** What compacts is to take no core from what answers; it may be late, for memory and disk have their own limits. */
    private static Env inTheBackground() {
        return Env.getDefault().lowerThreadPoolCPUPriority(Priority.LOW);
    }

    /**
     * @throws UnusableStoreException      if what is there is damaged, or of another cluster or version
     * @throws HistoryUnavailableException if another process has it, or the folder cannot be written to
     */
    static RocksHistoryStore open(Path folder, String cluster, int shards) {
        RocksHistoryStore store;
        NativeCode.load(folder.resolveSibling("native"));
        try {
            Files.createDirectories(folder);
            store = new RocksHistoryStore(folder);
        } catch (IOException e) {
            throw new HistoryUnavailableException("Expected to make the folder " + folder + ", but could not: " + e, e);
        } catch (RocksDBException e) {
            throw failure("Expected to open the history store " + folder + ", but could not: " + e.getMessage(), e);
        }
        try {
            store.requireFormat(cluster, shards);
            return store;
        } catch (RuntimeException e) {
            store.close();
            throw e;
        }
    }

    /** What the disk refuses now it may take later; what has a file that is gone or damaged is of no use any more. */
    private static RuntimeException failure(String message, RocksDBException e) {
        Status status = e.getStatus();
        boolean refused = status != null
                && status.getCode() == Status.Code.IOError
                && !String.valueOf(e.getMessage()).contains("No such file");
        return refused ? new HistoryUnavailableException(message, e) : new UnusableStoreException(message, e);
    }

    private void requireFormat(String cluster, int shards) {
        byte[] expected = (FORMAT_NUMBER + " " + shards + " " + cluster).getBytes(StandardCharsets.UTF_8);
        try {
            byte[] found = db.get(FORMAT_KEY);
            if (found == null) {
                db.put(synced, FORMAT_KEY, expected);
            } else if (!Arrays.equals(found, expected)) {
                throw new UnusableStoreException("Expected the history store " + folder + " to be of format "
                        + FORMAT_NUMBER + ", with " + shards + " shards, of cluster " + cluster
                        + ", but it is of (format, shards, cluster) " + new String(found, StandardCharsets.UTF_8));
            }
        } catch (RocksDBException e) {
            throw failure("Expected to read the history store " + folder + ", but could not: " + e.getMessage(), e);
        }
    }

    @Override
    public List<HistoryMark> marks() {
        List<HistoryMark> marks = new ArrayList<>();
        SortedMap<Integer, Long> written = new TreeMap<>();
        scan(
                new byte[] {WRITTEN},
                new byte[] {WRITTEN + 1},
                (key, value) -> written.put(
                        ByteBuffer.wrap(key).getInt(1), ByteBuffer.wrap(value).getLong()));
        scan(new byte[] {MARK}, new byte[] {MARK + 1}, (key, value) -> {
            ByteBuffer mark = ByteBuffer.wrap(value);
            long epoch = mark.getLong();
            long next = mark.getLong();
            byte[] remembered = new byte[mark.remaining()];
            mark.get(remembered);
            int shard = ByteBuffer.wrap(key).getInt(1);
            marks.add(new HistoryMark(shard, epoch, written.getOrDefault(shard, epoch), next, remembered));
        });
        return marks;
    }

    @Override
    public List<byte[]> batches(int shard) {
        List<byte[]> batches = new ArrayList<>();
        scan(batchKey(shard, 0), batchKey(shard + 1, 0), (key, value) -> batches.add(value));
        return batches;
    }

    @Override
    public SortedMap<String, Long> sessions() {
        SortedMap<String, Long> sessions = new TreeMap<>();
        scan(
                new byte[] {SESSION},
                new byte[] {SESSION + 1},
                (key, value) -> sessions.put(
                        new String(key, 1, key.length - 1, StandardCharsets.UTF_8),
                        ByteBuffer.wrap(value).getLong()));
        return sessions;
    }

    private void scan(byte[] from, byte[] to, BiConsumer<byte[], byte[]> found) {
        lock.readLock().lock();
        try {
            requireOpen();
            try (Slice end = new Slice(to);
                    ReadOptions range =
                            new ReadOptions().setIterateUpperBound(end).setFillCache(false);
                    RocksIterator at = db.newIterator(range)) {
                for (at.seek(from); at.isValid(); at.next()) {
                    found.accept(at.key(), at.value());
                }
                at.status();
            }
        } catch (RocksDBException e) {
            throw unavailable("read", e);
        } finally {
            lock.readLock().unlock();
        }
    }

    @Override
    public void write(HistoryRound round) {
        SortedMap<String, Long> known = round.sessions().isEmpty() ? new TreeMap<>() : sessions();
        lock.readLock().lock();
        try (WriteBatch all = new WriteBatch()) {
            requireOpen();
            for (int shard : round.dropped()) {
                all.deleteRange(batchKey(shard, 0), batchKey(shard + 1, 0));
                all.delete(key(MARK, shard));
                all.delete(key(WRITTEN, shard));
            }
            for (ShardChange change : round.changes()) {
                put(all, change);
            }
            for (Map.Entry<String, Long> session : round.sessions().entrySet()) {
                if (session.getValue() > known.getOrDefault(session.getKey(), Long.MIN_VALUE)) {
                    all.put(
                            sessionKey(session.getKey()),
                            ByteBuffer.allocate(Long.BYTES)
                                    .putLong(session.getValue())
                                    .array());
                }
            }
            db.write(synced, all);
        } catch (RocksDBException e) {
            throw unavailable("write to", e);
        } finally {
            lock.readLock().unlock();
        }
    }

    private static void put(WriteBatch all, ShardChange change) throws RocksDBException {
        int shard = change.shard();
        if (change.whole()) {
            all.deleteRange(batchKey(shard, 0), batchKey(shard + 1, 0));
        } else if (change.first() > 1) {
            all.deleteRange(batchKey(shard, 0), batchKey(shard, change.first()));
        }
        for (Map.Entry<Long, byte[]> batch : change.batches().entrySet()) {
            all.put(batchKey(shard, batch.getKey()), batch.getValue());
        }
        HistoryMark mark = change.mark();
        all.put(
                key(MARK, shard),
                ByteBuffer.allocate(2 * Long.BYTES + mark.remembered().length)
                        .putLong(mark.epoch())
                        .putLong(mark.next())
                        .put(mark.remembered())
                        .array());
        all.put(
                key(WRITTEN, shard),
                ByteBuffer.allocate(Long.BYTES).putLong(mark.written()).array());
    }

    private static byte[] batchKey(int shard, long sequence) {
        return ByteBuffer.allocate(1 + Integer.BYTES + Long.BYTES)
                .put(BATCH)
                .putInt(shard)
                .putLong(sequence)
                .array();
    }

    private static byte[] key(byte kind, int shard) {
        return ByteBuffer.allocate(1 + Integer.BYTES).put(kind).putInt(shard).array();
    }

    private static byte[] sessionKey(String queue) {
        byte[] name = queue.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(1 + name.length).put(SESSION).put(name).array();
    }

    @Override
    public long bytes() {
        try (Stream<Path> files = Files.list(folder)) {
            return files.mapToLong(RocksHistoryStore::sizeOf).sum();
        } catch (IOException e) {
            return 0;
        }
    }

    /** Files come and go while they are counted. */
    private static long sizeOf(Path file) {
        try {
            return Files.size(file);
        } catch (IOException e) {
            return 0;
        }
    }

    private void requireOpen() throws RocksDBException {
        if (closed) {
            throw new RocksDBException("it is closed");
        }
    }

    private HistoryUnavailableException unavailable(String doing, RocksDBException e) {
        return new HistoryUnavailableException(
                "Expected to " + doing + " the history store " + folder + ", but could not: " + e.getMessage(), e);
    }

    @Override
    public void close() {
        lock.writeLock().lock();
        try {
            if (!closed) {
                closed = true;
                db.close();
                free();
            }
        } finally {
            lock.writeLock().unlock();
        }
    }

    private void free() {
        synced.close();
        options.close();
        cache.close();
    }
}
