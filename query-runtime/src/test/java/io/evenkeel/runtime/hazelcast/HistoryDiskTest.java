// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.hazelcast;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.evenkeel.runtime.history.HistoryFolder;
import io.evenkeel.runtime.history.HistoryMark;
import io.evenkeel.runtime.history.HistoryRound;
import io.evenkeel.runtime.history.ShardChange;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A disk that is really full. Needs to mount a small one, which root may. */
class HistoryDiskTest {
    private static final int BATCH_BYTES = 100_000;

    @TempDir
    Path folder;

    private boolean mounted;

    @AfterEach
    void unmount() throws Exception {
        if (mounted) {
            // Lazily: the store may still be giving back what it had open.
            run("umount", "-l", folder.toString());
        }
    }

    @Test
    @DisplayName(
            "F11 F15 a full disk: what was written stays, the trouble has a name, and it goes on when there is room again")
    void goesOnWhenThereIsRoom() throws Exception {
        mounted = run("mount", "-t", "tmpfs", "-o", "size=48m", "tmpfs", folder.toString()) == 0;
        if (Boolean.parseBoolean(System.getenv("EVENKEEL_REQUIRE_MACHINE"))) {
            assertThat(mounted)
                    .as("mounted, which takes root and is required here")
                    .isTrue();
        }
        assumeThat(mounted).as("a small disk to be mounted, which takes root").isTrue();
        AtomicLong nanos = new AtomicLong();
        Path ballast = folder.resolve("ballast");
        try (HistoryDisk disk =
                new HistoryDisk(new HistoryFolder(folder.resolve("history"), "c", 1, Clock.systemUTC()), nanos::get)) {
            assertThat(write(disk, 1)).isTrue();
            fill(ballast);

            long sequence = 2;
            while (write(disk, sequence)) {
                sequence++;
                assertThat(sequence).isLessThan(1_000);
            }

            assertThat(disk.trouble()).contains(folder.resolve("history").toString());
            assertThat(disk.failures()).isEqualTo(1);
            assertThat(write(disk, sequence)).as("closed for some seconds").isFalse();
            nanos.addAndGet(6_000_000_000L);
            assertThat(write(disk, sequence)).as("still full").isFalse();
            assertThat(disk.failures()).isEqualTo(2);
            Files.delete(ballast);
            nanos.addAndGet(6_000_000_000L);
            assertThat(write(disk, sequence)).isTrue();
            disk.caughtUp();
            assertThat(disk.trouble()).isEmpty();
            assertThat(disk.finding()).as("nothing was set aside").isEmpty();
            List<byte[]> batches = disk.ask(store -> store.batches(0));
            assertThat(batches).hasSize((int) sequence);
            System.out.println("the disk was full after " + (sequence - 1) + " batches");
        }
    }

    private static boolean write(HistoryDisk disk, long sequence) {
        byte[] bytes = new byte[BATCH_BYTES];
        new Random(sequence).nextBytes(bytes);
        TreeMap<Long, byte[]> batches = new TreeMap<>();
        LongStream.of(sequence).forEach(one -> batches.put(one, bytes));
        HistoryMark mark = new HistoryMark(0, 1, 1, sequence + 1, new byte[0]);
        return disk.change(store ->
                store.write(new HistoryRound(List.of(new ShardChange(mark, false, 1, batches)), List.of(), Map.of())));
    }

    /** All but a little. */
    private static void fill(Path ballast) throws IOException {
        long free = ballast.toAbsolutePath().getParent().toFile().getUsableSpace();
        Files.write(ballast, new byte[(int) Math.max(0, free - 12 * BATCH_BYTES)]);
    }

    private static int run(String... command) throws IOException, InterruptedException {
        try {
            return new ProcessBuilder(command).inheritIO().start().waitFor();
        } catch (IOException e) {
            return 1;
        }
    }
}
