// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.hazelcast;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.map.EntryProcessor;
import com.hazelcast.map.IMap;
import com.hazelcast.partition.Partition;
import io.evenkeel.runtime.shard.Cause;
import io.evenkeel.runtime.shard.CauseBlock;
import io.evenkeel.runtime.shard.LogBatch;
import io.evenkeel.runtime.shard.LogUnavailableException;
import io.evenkeel.runtime.shard.ShardLog;
import io.evenkeel.runtime.shard.ShardLog.AppendOutcome;
import io.evenkeel.runtime.shard.ShardRequest;
import io.evenkeel.runtime.shard.Source;
import io.evenkeel.runtime.shard.SumQuery;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class HazelcastShardLogTest {

    @Test
    @DisplayName("I3 a claim fences the writer before it, and reads all that it appended")
    void claimFencesOff() {
        try (TestGrid grid = new TestGrid(2, 1, 4)) {
            HazelcastShardLog first = logOf(grid, 0);
            HazelcastShardLog second = logOf(grid, 1);
            long old = first.claim(2, "node-1").epoch();
            assertThat(append(first, 2, old, 1)).isInstanceOf(AppendOutcome.Appended.class);

            ShardLog.Claim claim = second.claim(2, "node-2");

            assertThat(claim.epoch()).isEqualTo(old + 1);
            assertThat(claim.next()).isEqualTo(2);
            assertThat(claim.batches()).extracting(LogBatch::sequence).containsExactly(1L);
            assertThat(append(first, 2, old, 2)).isEqualTo(new AppendOutcome.Fenced(old, old + 1));
            assertThat(append(second, 2, claim.epoch(), 2)).isInstanceOf(AppendOutcome.Appended.class);
        }
    }

    @Test
    @DisplayName(
            "I3 F6 negative control: without the epoch check a fenced writer is told that what it never logged is there")
    void withoutEpochsAFencedWriterLosesWhatItLogs() {
        try (TestGrid grid = new TestGrid(2, 1, 4)) {
            HazelcastShardLog fenced = logOf(grid, 0);
            HazelcastShardLog second = logOf(grid, 1);
            long old = fenced.claim(2, "node-1").epoch();
            append(fenced, 2, old, 1);
            long epoch = second.claim(2, "node-2").epoch();
            append(second, 2, epoch, 2);
            CauseBlock lost = CauseBlock.of(List.of(cause(99)));

            assertThat(append(fenced, 2, old, 2, lost)).isInstanceOf(AppendOutcome.Fenced.class);
            // As if the log took whatever epoch for its own.
            assertThat(append(fenced, 2, epoch, 2, lost)).isInstanceOf(AppendOutcome.Appended.class);
            assertThat(second.read(2).stream()
                            .flatMap(batch -> batch.request().causes().causes().stream())
                            .map(Cause::messageId))
                    .containsExactly("m1", "m2");
        }
    }

    @Test
    @DisplayName("F8 a claim that no copy acknowledges raises the epoch once, however often it is tried")
    void claimRaisesOnce() {
        try (TestGrid grid = new TestGrid(2, 1, 8)) {
            ShardPlaces places = new ShardPlaces(grid.member(0));
            int shard = ownedBy(grid.member(0)).get(0);
            HazelcastShardLog log = logOf(grid, 0);
            long before = log.claim(shard, "node-1").epoch();
            Hang.begin();
            try {
                // All threads that would make the copies.
                IMap<LogKey, String> other = grid.member(0).getMap("hang");
                ownedBy(grid.member(1)).forEach(held -> other.submitToKey(places.header(held), new Hang()));

                for (int attempt = 0; attempt < 3; attempt++) {
                    assertThatThrownBy(() -> log.claim(shard, "node-1")).isInstanceOf(LogUnavailableException.class);
                }
            } finally {
                Hang.end();
            }
            assertThat(claimOnceItIsCertain(log, shard).epoch()).isEqualTo(before + 1);
            assertThat(log.claim(shard, "node-1").epoch()).as("another claim").isEqualTo(before + 2);
        }
    }

    private static List<Integer> ownedBy(HazelcastInstance member) {
        return member.getPartitionService().getPartitions().stream()
                .filter(partition -> member.getCluster().getLocalMember().equals(partition.getOwner()))
                .map(Partition::getPartitionId)
                .toList();
    }

    /** Keeps the thread of a partition. */
    private static final class Hang implements EntryProcessor<LogKey, String, Boolean> {
        private static final long serialVersionUID = 1L;
        private static volatile CountDownLatch end = new CountDownLatch(0);

        static void begin() {
            end = new CountDownLatch(1);
        }

        static void end() {
            end.countDown();
        }

        @Override
        public Boolean process(Map.Entry<LogKey, String> entry) {
            try {
                return end.await(60, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
        }
    }

    @Test
    @DisplayName("I1 what was appended is there after its owner died, sealed segments and tail alike, for every shard")
    void survivesItsOwner() {
        try (TestGrid grid = new TestGrid(3, 1, 6)) {
            HazelcastShardLog log = logOf(grid, 0);
            for (int shard = 0; shard < 6; shard++) {
                long epoch = claimOnceItIsCertain(log, shard).epoch();
                for (long sequence = 1; sequence <= 600; sequence++) {
                    append(log, shard, epoch, sequence);
                }
            }

            grid.terminate(1);

            HazelcastShardLog survivor = logOf(grid, 2);
            for (int shard = 0; shard < 6; shard++) {
                ShardLog.Claim claim = claimOnceItIsCertain(survivor, shard);
                assertThat(claim.next()).isEqualTo(601);
                assertThat(claim.batches()).hasSize(600);
                assertThat(claim.batches().get(599).request().causes().causes()).containsExactly(cause(600));
            }
        }
    }

    @Test
    @DisplayName("a trimmed log keeps what is needed and drops the segments before it")
    void trims() {
        try (TestGrid grid = new TestGrid(1, 0, 1)) {
            HazelcastShardLog log = logOf(grid, 0);
            long epoch = log.claim(0, "node-1").epoch();
            for (long sequence = 1; sequence <= 1_000; sequence++) {
                append(log, 0, epoch, sequence);
            }

            log.trim(0, epoch, 900);

            // A trim has no answer; a claim of the same shard comes after it in the partition's order.
            List<LogBatch> kept = log.claim(0, "node-1").batches();
            assertThat(kept.get(kept.size() - 1).sequence()).isEqualTo(1_000);
            assertThat(kept).hasSizeLessThan(400);
            assertThat(kept).extracting(LogBatch::sequence).contains(900L);
        }
    }

    @Test
    @DisplayName(
            "an image gives another grid the log and what the writer remembered; it fences whoever had the empty shard")
    void isRestored() {
        Map<Integer, byte[]> images = new TreeMap<>();
        try (TestGrid grid = new TestGrid(1, 0, 3)) {
            HazelcastShardLog log = logOf(grid, 0);
            for (int shard = 0; shard < 2; shard++) {
                long epoch = log.claim(shard, "node-1").epoch();
                for (long sequence = 1; sequence <= 600; sequence++) {
                    append(log, shard, epoch, sequence);
                }
                log.remember(shard, epoch, new byte[] {7}).toCompletableFuture().join();
            }
            grid.member(0).getMap(Grid.GENERATIONS).set("q", 9L);
            LogImages from = new LogImages(grid.member(0));
            for (int shard = 0; shard < 3; shard++) {
                int of = shard;
                from.take(shard).ifPresent(image -> images.put(of, image));
            }
            assertThat(images).containsOnlyKeys(0, 1);
            assertThat(from.sessions()).containsExactly(Map.entry("q", 9L));
        }

        try (TestGrid grid = new TestGrid(3, 1, 3)) {
            HazelcastShardLog log = logOf(grid, 0);
            long empty = log.claim(0, "node-1").epoch();
            long used = log.claim(1, "node-1").epoch();
            append(log, 1, used, 1);
            LogImages to = new LogImages(grid.member(1));

            assertThat(to.put(images.keySet(), images::get, Map.of("q", 9L))).isEqualTo(1);
            assertThat(to.put(images.keySet(), images::get, Map.of("q", 8L)))
                    .as("again")
                    .isZero();

            assertThat(append(log, 0, empty, 1)).isEqualTo(new AppendOutcome.Fenced(empty, empty + 1));
            assertThat(append(log, 1, used, 2)).isInstanceOf(AppendOutcome.Appended.class);
            assertThat(to.sessions()).containsExactly(Map.entry("q", 9L));
            grid.terminate(1);
            ShardLog.Claim claim = claimOnceItIsCertain(log, 0);
            assertThat(claim.next()).isEqualTo(601);
            assertThat(claim.batches()).hasSize(600);
            assertThat(claim.remembered()).containsExactly(7);
            assertThat(append(log, 0, claim.epoch(), 601)).isInstanceOf(AppendOutcome.Appended.class);
            assertThat(new LogImages(grid.member(0)).take(0)).isPresent();
            assertThatThrownBy(() -> new LogImages(grid.member(0)).put(List.of("x"), x -> new byte[3], Map.of()))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("Expected the log of a shard in x, but it cannot be read");
        }
    }

    @Test
    @DisplayName("nodes that restore at the same moment give each shard its image, and take nothing from one another")
    void isRestoredByAll() throws Exception {
        int shards = 16;
        Map<Integer, byte[]> images = new TreeMap<>();
        try (TestGrid grid = new TestGrid(1, 0, shards)) {
            HazelcastShardLog log = logOf(grid, 0);
            LogImages from = new LogImages(grid.member(0));
            for (int shard = 0; shard < shards; shard++) {
                append(log, shard, log.claim(shard, "node-1").epoch(), 1);
                images.put(shard, from.take(shard).orElseThrow());
            }
        }

        try (TestGrid grid = new TestGrid(3, 1, shards)) {
            ExecutorService nodes = Executors.newFixedThreadPool(3);
            CyclicBarrier together = new CyclicBarrier(3);
            List<Future<Integer>> restored = new ArrayList<>();
            for (HazelcastInstance member : grid.members()) {
                restored.add(nodes.submit(() -> {
                    together.await();
                    return onceItIsCertain(() -> new LogImages(member).put(images.keySet(), images::get, Map.of()));
                }));
            }
            for (Future<Integer> one : restored) {
                one.get();
            }
            nodes.shutdown();

            for (int shard = 0; shard < shards; shard++) {
                assertThat(claimOnceItIsCertain(logOf(grid, 0), shard).batches())
                        .hasSize(1);
            }
        }
    }

    @Test
    @DisplayName(
            "a grid that has had sessions of its own takes no image, since those could be taken for the sessions in it")
    void isNotRestoredLate() {
        try (TestGrid grid = new TestGrid(1, 0, 1)) {
            grid.member(0).getMap(Grid.GENERATIONS).set("q", 1L);
            LogImages images = new LogImages(grid.member(0));
            assertThat(images.put(List.of("x"), x -> new byte[3], Map.of("q", 9L)))
                    .isZero();
            assertThat(images.sessions()).containsExactly(Map.entry("q", 1L));
        }
    }

    @Test
    @DisplayName("segments that a node which was away brings back are swept away, and what is needed is not")
    void sweeps() {
        try (TestGrid grid = new TestGrid(1, 0, 1)) {
            HazelcastShardLog log = logOf(grid, 0);
            long epoch = log.claim(0, "node-1").epoch();
            for (long sequence = 1; sequence <= 1_000; sequence++) {
                append(log, 0, epoch, sequence);
            }
            log.trim(0, epoch, 900);
            int kept = log.claim(0, "node-1").batches().size();
            log.sweep();
            IMap<LogKey, LogSegment> segments = grid.member(0).getMap(Grid.SEGMENTS);
            int needed = segments.size();
            segments.set(new ShardPlaces(grid.member(0)).segment(0, 1), new LogSegment(List.of()));

            log.sweep();

            assertThat(segments.size()).isEqualTo(needed);
            assertThat(log.read(0)).hasSize(kept);
        }
    }

    @Test
    @DisplayName(
            "I3 a cleaned log has the batches that were kept, in thinner segments, also on a survivor; a fenced writer cleans nothing")
    void cleans() {
        try (TestGrid grid = new TestGrid(3, 1, 1)) {
            HazelcastShardLog log = logOf(grid, 0);
            long epoch = log.claim(0, "node-1").epoch();
            for (long sequence = 1; sequence <= 1_000; sequence++) {
                append(log, 0, epoch, sequence);
            }
            List<LogBatch> kept = log.read(0).stream()
                    .filter(batch -> batch.sequence() % 50 == 0 && batch.sequence() <= 600)
                    .toList();

            log.clean(0, epoch - 1, 1, 600, List.of());
            log.clean(0, epoch, 1, 600, kept);

            List<Long> expected = new ArrayList<>();
            for (long sequence = 1; sequence <= 1_000; sequence++) {
                if (sequence > 512 || sequence % 50 == 0) {
                    expected.add(sequence);
                }
            }
            awaitSequences(log, expected);
            append(log, 0, epoch, 1_001);
            expected.add(1_001L);
            grid.terminate(0);
            ShardLog.Claim claim = claimOnceItIsCertain(logOf(grid, 1), 0);
            assertThat(claim.batches()).extracting(LogBatch::sequence).isEqualTo(expected);
            assertThat(claim.batches().get(0).request().causes().causes()).containsExactly(cause(50));
            assertThat(claim.next()).isEqualTo(1_002);
        }
    }

    @Test
    @DisplayName("I3 a segment that a fenced writer wrote and that was held back for long replaces nothing")
    void ignoresLateSegments() {
        try (TestGrid grid = new TestGrid(2, 1, 1)) {
            HazelcastShardLog fenced = logOf(grid, 0);
            long old = fenced.claim(0, "node-1").epoch();
            long number = fenced.header(0).nextSegment();
            append(fenced, 0, old, 1);
            List<LogBatch> late = fenced.read(0);
            HazelcastShardLog log = logOf(grid, 1);
            long epoch = log.claim(0, "node-2").epoch();
            List<Long> all = new ArrayList<>(List.of(1L));
            appendEach(log, epoch, 2, 600, all);
            await(() -> log.header(0).segments().size() == 2);

            IMap<LogKey, LogSegment> segments = grid.member(0).getMap(Grid.SEGMENTS);
            segments.set(new ShardPlaces(grid.member(0)).segment(0, number), new LogSegment(late));

            assertThat(log.read(0)).extracting(LogBatch::sequence).isEqualTo(all);
            logOf(grid, 0).sweep();
            logOf(grid, 1).sweep();
            assertThat(segments.keySet())
                    .extracting(LogKey::segment)
                    .containsExactlyInAnyOrderElementsOf(log.header(0).segments().stream()
                            .map(ShardHeader.Sealed::segment)
                            .toList());
        }
    }

    private static void awaitSequences(HazelcastShardLog log, List<Long> expected) {
        await(() -> log.read(0).stream().map(LogBatch::sequence).toList().equals(expected));
        assertThat(log.read(0)).extracting(LogBatch::sequence).isEqualTo(expected);
    }

    @Test
    @DisplayName(
            "I1 a seal of which the writer does not know that it was made is not made again: nothing is in the log twice")
    void sealsOnce() {
        try (TestGrid grid = new TestGrid(2, 1, 1)) {
            HazelcastShardLog log = logOf(grid, 0);
            ShardPlaces places = new ShardPlaces(grid.member(0));
            long epoch = log.claim(0, "node-1").epoch();
            List<Long> all = new ArrayList<>();
            appendEach(log, epoch, 1, 200, all);
            long number = log.header(0).nextSegment() + 5;
            IMap<LogKey, LogSegment> segments = grid.member(0).getMap(Grid.SEGMENTS);
            IMap<LogKey, ShardHeader> headers = grid.member(0).getMap(Grid.LOG);
            segments.set(places.segment(0, number), new LogSegment(log.read(0)));
            SealProcessor unknown = new SealProcessor(epoch, new ShardHeader.Sealed(number, 1, 200));
            assertThat(headers.executeOnKey(places.header(0), unknown)).isTrue();
            SealProcessor again = new SealProcessor(epoch, new ShardHeader.Sealed(number + 1, 1, 200));
            assertThat(headers.executeOnKey(places.header(0), again)).isFalse();

            appendEach(log, epoch, 201, 1_000, all);

            await(() -> log.header(0).segments().size() >= 3);
            assertThat(log.read(0)).extracting(LogBatch::sequence).isEqualTo(all);
            assertThat(logOf(grid, 1).claim(0, "node-2").batches())
                    .extracting(LogBatch::sequence)
                    .isEqualTo(all);
        }
    }

    private static void await(BooleanSupplier condition) {
        long deadline = System.nanoTime() + 20_000_000_000L;
        while (System.nanoTime() < deadline && !condition.getAsBoolean()) {
            LockSupport.parkNanos(5_000_000);
        }
    }

    /** A claim whose backup died under way is repeated, as an owner does. */
    private static ShardLog.Claim claimOnceItIsCertain(HazelcastShardLog log, int shard) {
        return onceItIsCertain(() -> log.claim(shard, "node-3"));
    }

    private static <T> T onceItIsCertain(Supplier<T> action) {
        for (int attempt = 1; ; attempt++) {
            try {
                return action.get();
            } catch (LogUnavailableException e) {
                if (attempt == 20) {
                    throw e;
                }
            }
        }
    }

    private static HazelcastShardLog logOf(TestGrid grid, int member) {
        return new HazelcastShardLog(grid.member(member), new ShardPlaces(grid.member(member)));
    }

    /** Appends to shard 0, and notes what. */
    private static void appendEach(HazelcastShardLog log, long epoch, long first, long last, List<Long> noted) {
        for (long sequence = first; sequence <= last; sequence++) {
            append(log, 0, epoch, sequence);
            noted.add(sequence);
        }
    }

    private static AppendOutcome append(HazelcastShardLog log, int shard, long epoch, long sequence) {
        return append(log, shard, epoch, sequence, CauseBlock.of(List.of(cause(sequence))));
    }

    private static AppendOutcome append(
            HazelcastShardLog log, int shard, long epoch, long sequence, CauseBlock causes) {
        Source source = new Source("in", 1, sequence, sequence - 1, 0, true);
        ShardRequest request = new ShardRequest(shard, source, new TreeMap<>(), causes);
        return log.append(shard, epoch, new LogBatch(sequence, 0, 0, new TreeMap<>(), request))
                .toCompletableFuture()
                .join();
    }

    private static Cause cause(long number) {
        return new Cause.EventCause("m" + number, "e" + number, SumQuery.reading("k", 1, number), number);
    }
}
