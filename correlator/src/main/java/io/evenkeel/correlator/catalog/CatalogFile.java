// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.catalog;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * The catalog on a node's disk: the one that it runs and the one before, each with a checksum.
 *
 * <p>A catalog is written beside the others and forced to the disk; then names change, and the folder is forced too. A
 * crash between any two of these steps leaves at least one whole file; {@link #read} takes the newest of them. Not for
 * several threads at once.
 */
public final class CatalogFile {
    private static final String MARK = "evenkeel-catalog-1";
    private static final int LONGEST_HEAD = 200;

    private final Path folder;
    private final Path current;
    private final Path previous;
    private final Path next;

    /**
     * What is on the disk.
     *
     * @param catalog  the newest that is whole; {@link CatalogBytes#EMPTY} if there is none
     * @param findings what is wrong with files that are not; empty: nothing
     */
    public record Kept(CatalogBytes catalog, List<String> findings) {
        public Kept {
            findings = List.copyOf(findings);
        }
    }

    /** @param folder made if it is not there */
    public CatalogFile(Path folder) {
        this.folder = folder;
        this.current = folder.resolve("catalog");
        this.previous = folder.resolve("catalog.previous");
        this.next = folder.resolve("catalog.next");
    }

    public Kept read() {
        CatalogBytes newest = CatalogBytes.EMPTY;
        List<String> findings = new ArrayList<>();
        for (Path file : List.of(current, previous, next)) {
            if (!Files.exists(file)) {
                continue;
            }
            try {
                CatalogBytes found = parse(Files.readAllBytes(file));
                newest = found.revision() > newest.revision() ? found : newest;
            } catch (IOException | IllegalArgumentException e) {
                // What was being written when the node died is torn, and that is in order: it was not in use yet.
                if (!file.equals(next)) {
                    findings.add("Expected a catalog in " + file.toAbsolutePath() + ", but " + e.getMessage());
                }
            }
        }
        return new Kept(newest, findings);
    }

    /** Keep a catalog; it is on the disk when this returns. The one before is kept beside it. */
    public void store(CatalogBytes catalog) throws IOException {
        Files.createDirectories(folder);
        try (FileChannel channel = FileChannel.open(
                next, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            ByteBuffer bytes = ByteBuffer.wrap(format(catalog));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
        // A current file that is damaged must not push out a previous one that is whole.
        if (Files.exists(current) && isWhole(current)) {
            Files.move(current, previous, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        }
        Files.move(next, current, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    private static boolean isWhole(Path file) {
        try {
            parse(Files.readAllBytes(file));
            return true;
        } catch (IOException | IllegalArgumentException e) {
            return false;
        }
    }

    private static byte[] format(CatalogBytes catalog) {
        byte[] head = (MARK + " " + catalog.revision() + " " + catalog.bytes().length + " " + catalog.hash() + "\n")
                .getBytes(StandardCharsets.US_ASCII);
        return ByteBuffer.allocate(head.length + catalog.bytes().length)
                .put(head)
                .put(catalog.bytes())
                .array();
    }

    private static CatalogBytes parse(byte[] file) {
        int end = 0;
        while (end < file.length && end < LONGEST_HEAD && file[end] != '\n') {
            end++;
        }
        String[] head = new String(file, 0, end, StandardCharsets.US_ASCII).split(" ", -1);
        if (head.length != 4 || !head[0].equals(MARK)) {
            throw new IllegalArgumentException("its first line is not that of a catalog: it is damaged");
        }
        long length = Long.parseLong(head[2]);
        if (file.length - end - 1 != length) {
            throw new IllegalArgumentException(
                    "it has " + (file.length - end - 1) + " of " + length + " bytes: it is torn");
        }
        byte[] bytes = new byte[(int) length];
        System.arraycopy(file, end + 1, bytes, 0, bytes.length);
        CatalogBytes catalog = CatalogBytes.of(Long.parseLong(head[1]), bytes);
        if (!catalog.hash().equals(head[3])) {
            throw new IllegalArgumentException("its checksum is another one: it is damaged");
        }
        if (catalog.snapshot().revision() != catalog.revision()) {
            throw new IllegalArgumentException("it is of another revision than its first line says");
        }
        return catalog;
    }
}
