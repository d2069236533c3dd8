// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.hazelcast;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.hazelcast.core.HazelcastInstance;
import io.evenkeel.runtime.history.HistoryFolder;
import io.evenkeel.runtime.history.HistoryStore;
import io.evenkeel.runtime.plan.QueryPlan;
import io.evenkeel.runtime.plan.QueryPlans;
import io.evenkeel.runtime.shard.Cause;
import io.evenkeel.runtime.shard.CauseBlock;
import io.evenkeel.runtime.shard.LogBatch;
import io.evenkeel.runtime.shard.LogUnavailableException;
import io.evenkeel.runtime.shard.ShardLog;
import io.evenkeel.runtime.shard.ShardLog.AppendOutcome;
import io.evenkeel.runtime.shard.ShardRequest;
import io.evenkeel.runtime.shard.ShardSettings;
import io.evenkeel.runtime.shard.Source;
import io.evenkeel.runtime.shard.SumQuery;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real members with disks: all of them end, and other ones start with what is on the disks. */
class ShardHistoryTest {
    private static final int SHARDS = 4;
    private static final Duration INTERVAL = Duration.ofMillis(20);
    private static final Duration LONG = Duration.ofMinutes(5);
    private static final QueryPlans PLANS = new QueryPlans(
            1,
            SHARDS,
            Map.of(
                    "sums",
                    new QueryPlan(
                            1,
                            new SumQuery("sums", false),
                            List.of(SumQuery.instance("sums", "low", 6)),
                            Map.of("Reading", SumQuery.TYPE))));

    @TempDir
    Path data;

    @Test
    @DisplayName(
            "F15 all members end: new ones have the logs, what was remembered and the sessions from the disks, in a later"
                    + " epoch; so it is after one more end")
    void goesOnAfterTheEnd() throws Exception {
        long[] epochs = new long[SHARDS];
        try (Running first = new Running(3)) {
            assertThat(first.restored).containsOnly(0);
            for (int shard = 0; shard < 3; shard++) {
                epochs[shard] = first.claim(shard).epoch();
                first.append(shard, epochs[shard], 1, 300 * shard + 40);
                first.log(0)
                        .remember(shard, epochs[shard], new byte[] {(byte) shard})
                        .toCompletableFuture()
                        .join();
            }
            first.awaitRecorded();
            first.append(1, epochs[1], 341, 350);
            first.awaitRecorded();
        }
        for (int round = 0; round < 2; round++) {
            try (Running next = new Running(3)) {
                assertThat(next.restored).containsOnly(3);
                for (int shard = 0; shard < 3; shard++) {
                    int last = shard == 1 ? 350 : 300 * shard + 40;
                    ShardLog.Claim claim = next.claim(shard);
                    assertThat(claim.next()).isEqualTo(last + 1 + round);
                    assertThat(sequences(claim))
                            .isEqualTo(LongStream.rangeClosed(1, last + round)
                                    .boxed()
                                    .toList());
                    assertThat(claim.remembered()).containsExactly(shard);
                    assertThat(claim.epoch()).isGreaterThan(epochs[shard] + 1);
                    epochs[shard] = claim.epoch();
                    next.append(shard, claim.epoch(), claim.next(), claim.next());
                }
                assertThat(next.claim(3).next()).isEqualTo(1);
                assertThat(new LogImages(next.member(0)).sessions()).containsExactly(Map.entry("in", 5L));
                next.awaitRecorded();
            }
        }
    }

    @Test
    @DisplayName("F15 one disk is gone: the others have it all; one disk is older: the newer log is restored")
    void takesTheNewest() throws Exception {
        Path old = data.resolve("old");
        recordTwentyBatchesEach(3);
        copy(data.resolve("node-1"), old);
        try (Running second = new Running(3)) {
            for (int shard = 0; shard < SHARDS; shard++) {
                ShardLog.Claim claim = second.claim(shard);
                second.append(shard, claim.epoch(), 21, 30);
            }
            second.awaitRecorded();
        }
        delete(data.resolve("node-1"));
        copy(old, data.resolve("node-1"));
        try (Running third = new Running(3)) {
            for (int shard = 0; shard < SHARDS; shard++) {
                assertThat(third.claim(shard).next()).as("one is older").isEqualTo(31);
            }
            third.awaitRecorded();
        }
        delete(data.resolve("node-2"));
        try (Running fourth = new Running(3)) {
            for (int shard = 0; shard < SHARDS; shard++) {
                assertThat(fourth.claim(shard).next()).as("one is gone").isEqualTo(31);
            }
        }
    }

    @Test
    @DisplayName("F15 a shard is written anew after a claim, and what was trimmed and cleaned away does not come back")
    void followsClaimsAndTrims() throws Exception {
        List<Long> expected = new ArrayList<>();
        try (Running first = new Running(2)) {
            long epoch = first.claim(0).epoch();
            first.append(0, epoch, 1, 600);
            first.awaitRecorded();
            HazelcastShardLog log = first.writers.get(0);
            log.clean(
                    0,
                    epoch,
                    1,
                    512,
                    log.read(0).stream()
                            .filter(batch -> batch.sequence() % 50 == 0 && batch.sequence() <= 512)
                            .toList());
            await("cleaned", () -> log.read(0).size() < 200);
            first.append(0, epoch, 601, 650);
            log.trim(0, epoch, 300);
            epoch = first.claim(0).epoch();
            first.append(0, epoch, 651, 660);
            log.read(0).forEach(batch -> expected.add(batch.sequence()));
            first.awaitRecorded();
        }
        try (Running second = new Running(2)) {
            ShardLog.Claim claim = second.claim(0);
            assertThat(sequences(claim))
                    .isEqualTo(expected)
                    .contains(550L, 660L)
                    .hasSizeLessThan(200);
        }
    }

    @Test
    @DisplayName(
            "F15 a member that comes to a cluster that runs goes on at once; what its disk has more than that is set"
                    + " aside, and not written over")
    void doesNotOverwriteTheNewer() throws Exception {
        recordTwentyBatchesEach(3);
        delete(data.resolve("node-1"));
        delete(data.resolve("node-2"));
        try (Running second = new Running(3, 2, LONG)) {
            assertThat(second.restored).as("a new cluster, as far as they know").containsOnly(0);
            assertThat(second.join(2)).isZero();
            assertThat(second.histories.get(2).finding())
                    .contains("the cluster started without this node")
                    .contains("node-3/history.aside-");
        }
    }

    @Test
    @DisplayName(
            "F15 a node that has something on its disk does not come: the others wait for it, and then go on without")
    void waitsForTheAbsent() throws Exception {
        recordTwentyBatchesEach(3);
        Duration wait = Duration.ofSeconds(3);
        long begun = System.nanoTime();
        try (Running second = new Running(3, 2, wait)) {
            assertThat(Duration.ofNanos(System.nanoTime() - begun)).isGreaterThan(wait);
            for (int shard = 0; shard < SHARDS; shard++) {
                assertThat(second.claim(shard).next()).as("shard %s", shard).isEqualTo(21);
            }
        }
    }

    @Test
    @DisplayName(
            "F15 a store that cannot be read when all start is waited for; if that is in vain it is set aside when it"
                    + " can, and not written over")
    void doesNotOverwriteWhatItCouldNotRead() throws Exception {
        recordTwentyBatchesEach(2);
        delete(data.resolve("node-2"));
        // As another process would that has not ended yet.
        HistoryFolder folder = new HistoryFolder(data.resolve("node-1/history"), "history", SHARDS, Clock.systemUTC());
        HistoryStore held = folder.open();
        try (Running second = new Running(2, 2, Duration.ofSeconds(2))) {
            assertThat(second.restored).containsOnly(0);
            ShardHistory history = second.histories.get(0);
            assertThat(history.trouble()).contains("node-1/history");
            second.append(1, second.claim(1).epoch(), 1, 3);
            held.close();
            await("set aside", () -> !history.finding().isEmpty());
            assertThat(history.finding())
                    .contains("could not be read when this node started")
                    .contains("node-1/history.aside-");
            second.awaitRecorded();
        } finally {
            held.close();
        }
    }

    @Test
    @DisplayName("F15 a store that can be read only some seconds after all started is gone on from all the same")
    void waitsForWhatItCannotReadYet() throws Exception {
        recordTwentyBatchesEach(2);
        delete(data.resolve("node-2"));
        HistoryStore held =
                new HistoryFolder(data.resolve("node-1/history"), "history", SHARDS, Clock.systemUTC()).open();
        ExecutorService starts = Executors.newSingleThreadExecutor();
        try {
            Future<Running> waiting = starts.submit(() -> new Running(2));
            assertThatThrownBy(() -> waiting.get(4, TimeUnit.SECONDS)).isInstanceOf(TimeoutException.class);
            held.close();
            try (Running second = waiting.get(60, TimeUnit.SECONDS)) {
                assertThat(second.restored).containsOnly(SHARDS);
                assertThat(second.claim(0).next()).isEqualTo(21);
            }
        } finally {
            held.close();
            starts.shutdownNow();
        }
    }

    @Test
    @DisplayName(
            "F15 all end once more while they wait for one another: nothing was written, and the next start has it all")
    void survivesAnEndWhileItStarts() throws Exception {
        recordTwentyBatchesEach(3);
        ExecutorService starts = Executors.newSingleThreadExecutor();
        try {
            Future<Running> waiting = starts.submit(() -> new Running(3, 2, LONG));
            assertThatThrownBy(() -> waiting.get(8, TimeUnit.SECONDS)).isInstanceOf(TimeoutException.class);
        } finally {
            // Interrupts what waits; the members end with it.
            starts.shutdownNow();
            assertThat(starts.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
        }
        try (Running third = new Running(3)) {
            assertThat(third.restored).containsOnly(SHARDS);
            for (int shard = 0; shard < SHARDS; shard++) {
                assertThat(third.claim(shard).next()).isEqualTo(21);
            }
        }
    }

    @Test
    @DisplayName("F15 without history, the same end leaves nothing (negative control)")
    void withoutHistoryNothingIsLeft() throws Exception {
        for (int round = 0; round < 2; round++) {
            try (Running running = new Running(2, 2, null)) {
                assertThat(running.restored).containsOnly(0);
                ShardLog.Claim claim = running.claim(0);
                assertThat(claim.next()).isEqualTo(1);
                running.append(0, claim.epoch(), 1, 20);
            }
        }
    }

    // ---- the test's own

    /** In each shard, by members that then end. */
    private void recordTwentyBatchesEach(int members) throws Exception {
        try (Running first = new Running(members)) {
            for (int shard = 0; shard < SHARDS; shard++) {
                first.append(shard, first.claim(shard).epoch(), 1, 20);
            }
            first.awaitRecorded();
        }
    }

    /** Members with their histories, restored and recording. */
    private final class Running implements AutoCloseable {
        private final TestGrid grid;
        private final @Nullable Duration wait;
        private final Map<Integer, ShardHistory> histories = new HashMap<>();
        private final List<Integer> restored = new ArrayList<>();

        Running(int size) throws Exception {
            this(size, size, LONG);
        }

        /** @param wait null: without history */
        Running(int size, int started, @Nullable Duration wait) throws Exception {
            this.wait = wait;
            this.grid = new TestGrid("history", size, started, 1, SHARDS);
            ExecutorService threads = Executors.newCachedThreadPool();
            try {
                List<Callable<Integer>> joins = new ArrayList<>();
                for (int i = 0; i < started; i++) {
                    int member = i;
                    joins.add(() -> begin(member));
                }
                for (Future<Integer> one : threads.invokeAll(joins)) {
                    restored.add(one.get());
                }
            } catch (InterruptedException e) {
                threads.shutdownNow();
                assertThat(threads.awaitTermination(20, TimeUnit.SECONDS)).isTrue();
                close();
                throw e;
            } finally {
                threads.shutdown();
            }
        }

        private int begin(int member) throws Exception {
            HazelcastInstance instance = grid.member(member);
            GridSettings settings = grid.settings(member);
            new ShardHost(instance, settings, ShardSettings.DEFAULT, revision -> PLANS, step -> {});
            HistoryFolder folder = wait == null
                    ? null
                    : new HistoryFolder(
                            Files.createDirectories(data.resolve(settings.node()))
                                    .resolve("history"),
                            settings.cluster(),
                            SHARDS,
                            Clock.systemUTC());
            ShardHistory history =
                    new ShardHistory(instance, settings, folder, INTERVAL, wait == null ? LONG : wait, () -> true);
            synchronized (histories) {
                histories.put(member, history);
            }
            int shards = history.restore();
            history.start();
            return shards;
        }

        int join(int member) throws Exception {
            grid.startNext();
            return begin(member);
        }

        HazelcastInstance member(int index) {
            return grid.member(index);
        }

        HazelcastShardLog log(int member) {
            return new HazelcastShardLog(grid.member(member), new ShardPlaces(grid.member(member)));
        }

        private final Map<Integer, HazelcastShardLog> writers = new HashMap<>();

        ShardLog.Claim claim(int shard) {
            HazelcastShardLog log = log(0);
            writers.put(shard, log);
            for (int attempt = 1; ; attempt++) {
                try {
                    return log.claim(shard, "node-1");
                } catch (LogUnavailableException e) {
                    if (attempt == 20) {
                        throw e;
                    }
                }
            }
        }

        void append(int shard, long epoch, long from, long to) {
            HazelcastShardLog log = writers.get(shard);
            for (long sequence = from; sequence <= to; sequence++) {
                Source source = new Source("in", 5, sequence, sequence - 1, 0, true);
                ShardRequest request =
                        new ShardRequest(shard, source, new TreeMap<>(), CauseBlock.of(List.of(cause(sequence))));
                assertThat(log.append(shard, epoch, new LogBatch(sequence, 0, 0, new TreeMap<>(), request))
                                .toCompletableFuture()
                                .join())
                        .isInstanceOf(AppendOutcome.Appended.class);
            }
        }

        void awaitRecorded() {
            await("recorded", () -> histories.values().stream().allMatch(history -> history.behind() == 0));
        }

        /** As a kill of all: nobody hands over anything, and what was not recorded is not. */
        @Override
        public void close() {
            grid.close();
            histories.values().forEach(ShardHistory::close);
        }
    }

    private static void await(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + 30_000_000_000L;
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as(what).isLessThan(deadline);
            LockSupport.parkNanos(10_000_000);
        }
    }

    private static List<Long> sequences(ShardLog.Claim claim) {
        return claim.batches().stream().map(LogBatch::sequence).toList();
    }

    private static Cause cause(long number) {
        return new Cause.EventCause("m" + number, "e" + number, SumQuery.reading("k", 1, number), number);
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                Files.copy(file, to.resolve(from.relativize(file).toString()));
            }
        }
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : (Iterable<Path>) files.sorted(Comparator.reverseOrder())::iterator) {
                Files.delete(file);
            }
        }
    }
}
