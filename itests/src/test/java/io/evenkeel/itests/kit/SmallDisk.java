// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.itests.kit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** A disk that is soon full: a tmpfs, which only root may mount. For one thread. */
public final class SmallDisk implements AutoCloseable {
    private static final int CHUNK = 1024 * 1024;

    private final Path folder;
    private final Path ballast;
    private final Thread reaper = new Thread(this::unmount, "small-disk-reaper");

    private SmallDisk(Path folder) {
        this.folder = folder;
        this.ballast = folder.resolve("ballast");
    }

    /** Mount one over a new folder; empty if this user may not. */
    public static Optional<SmallDisk> mount(Path folder, int megabytes) {
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new UncheckedIOException("Expected to make " + folder + ", but could not", e);
        }
        SmallDisk disk = new SmallDisk(folder);
        if (run("mount", "-t", "tmpfs", "-o", "size=" + megabytes + "m", "tmpfs", folder.toString()) != 0) {
            return Optional.empty();
        }
        Runtime.getRuntime().addShutdownHook(disk.reaper);
        return Optional.of(disk);
    }

    public Path folder() {
        return folder;
    }

    /** Take what is free but for so much. */
    public void fillUntil(long bytesFree) {
        try (var out = Files.newOutputStream(ballast)) {
            byte[] chunk = new byte[CHUNK];
            for (long more = free() - bytesFree; more > 0; more = free() - bytesFree) {
                out.write(chunk, 0, (int) Math.min(CHUNK, more));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Expected to fill " + folder + ", but could not", e);
        }
    }

    /** Give back what {@link #fillUntil} took. */
    public void clear() {
        try {
            Files.deleteIfExists(ballast);
        } catch (IOException e) {
            throw new UncheckedIOException("Expected to clear " + folder + ", but could not", e);
        }
    }

    public long free() {
        return folder.toFile().getUsableSpace();
    }

    private void unmount() {
        // Lazily: a broker that is being killed may still have files open.
        run("umount", "-l", folder.toString());
    }

    private static int run(String... command) {
        try {
            return new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .waitFor();
        } catch (IOException e) {
            return -1; // there is no such command here
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return -1;
        }
    }

    @Override
    public void close() {
        unmount();
        try {
            Runtime.getRuntime().removeShutdownHook(reaper);
        } catch (IllegalStateException e) {
            // This JVM is ending.
        }
    }
}
