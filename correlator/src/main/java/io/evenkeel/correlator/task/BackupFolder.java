// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.task;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The backups of a task, each a folder that is named for its time. What has such a name is whole: it was written under
 * another name, and it gets another name before it is deleted. For one thread of one node at a time; a node that was frozen
 * and goes on beside another one may make that one fail, but no half backup.
 */
final class BackupFolder {
    private static final DateTimeFormatter NAME = DateTimeFormatter.ofPattern(
                    "uuuu-MM-dd'T'HH-mm-ss.SSS'Z'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);
    private static final Pattern WHOLE = Pattern.compile("\\d{4}-\\d\\d-\\d\\dT\\d\\d-\\d\\d-\\d\\d\\.\\d{3}Z");
    private static final String PART = ".part-";
    private static final String GONE = ".gone-";

    private final Path folder;

    private BackupFolder(Path folder) {
        this.folder = folder;
    }

    /** @param folder made if it is not there, and on the disk then */
    static BackupFolder open(Path folder) throws IOException {
        List<Path> without = new ArrayList<>();
        for (Path parent = folder; parent != null && !Files.exists(parent); ) {
            parent = parent.getParent();
            if (parent != null) {
                without.add(parent);
            }
        }
        Files.createDirectories(folder);
        for (Path changed : without) {
            force(changed, StandardOpenOption.READ);
        }
        return new BackupFolder(folder);
    }

    /** Begins one; it is there when it is finished. @param nowMs names it */
    Backup begin(long nowMs) throws IOException {
        String name = NAME.format(Instant.ofEpochMilli(nowMs));
        return Backup.begin(folder.resolve(PART + name), folder.resolve(name));
    }

    /** Deletes what those left behind that died with a backup half made, or half deleted. */
    void removeLeftovers() throws IOException {
        for (String name : names(name -> name.startsWith(PART) || name.startsWith(GONE))) {
            remove(name);
        }
    }

    /** Deletes all but the newest. @param latest stays, whatever the clocks of nodes say */
    void keepNewest(int number, String latest) throws IOException {
        List<String> others = names(name -> WHOLE.matcher(name).matches() && !name.equals(latest));
        for (String name : others.subList(0, Math.max(0, others.size() - (number - 1)))) {
            remove(name);
        }
    }

    /** In their order, which is that of their times. */
    private List<String> names(Predicate<String> which) throws IOException {
        try (Stream<Path> all = Files.list(folder)) {
            return all.map(path -> path.getFileName().toString())
                    .filter(which)
                    .sorted()
                    .toList();
        }
    }

    private void remove(String name) throws IOException {
        Path gone = folder.resolve(name);
        if (!name.startsWith(GONE)) {
            // At once, and also for a node that still writes to it: it cannot end what is no longer there.
            gone = Files.move(gone, folder.resolve(GONE + name), StandardCopyOption.ATOMIC_MOVE);
        }
        delete(gone);
    }

    /** Returns when it is on the disk. @param option READ for a folder */
    static void force(Path path, StandardOpenOption option) throws IOException {
        try (FileChannel channel = FileChannel.open(path, option)) {
            channel.force(true);
        }
    }

    /** With all that is in it. */
    static void delete(Path folder) throws IOException {
        List<Path> all;
        try (Stream<Path> tree = Files.walk(folder)) {
            all = tree.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path path : all) {
            Files.deleteIfExists(path);
        }
    }
}
