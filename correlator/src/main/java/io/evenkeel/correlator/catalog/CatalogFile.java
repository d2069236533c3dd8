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
public final class CatalogFile implements CatalogDisk {
    private static final String MARK = "evenkeel-catalog";
    private static final String FORMAT = "1";
    private static final int LONGEST_HEAD = 200;

    private final Path folder;
    private final Path current;
    private final Path previous;
    private final Path next;

    /** @param folder made if it is not there */
    public CatalogFile(Path folder) {
        this.folder = folder;
        this.current = folder.resolve("catalog");
        this.previous = folder.resolve("catalog.previous");
        this.next = folder.resolve("catalog.next");
    }

    @Override
    public Kept read() {
        RegisterState newest = RegisterState.EMPTY;
        List<String> findings = new ArrayList<>();
        for (Path file : List.of(current, previous, next)) {
            if (!Files.exists(file)) {
                continue;
            }
            try {
                RegisterState found = parse(Files.readAllBytes(file));
                newest = found.newerThan(newest) ? found : newest;
            } catch (IOException | IllegalArgumentException e) {
                // What was being written when the node died is torn, and that is in order: it was not in use yet.
                if (!file.equals(next)) {
                    findings.add("Expected a catalog in " + file.toAbsolutePath() + ", but " + e.getMessage());
                }
            }
        }
        return new Kept(newest, findings);
    }

    @Override
    public void store(RegisterState state) throws IOException {
        Files.createDirectories(folder);
        try (FileChannel channel = FileChannel.open(
                next, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            ByteBuffer bytes = ByteBuffer.wrap(format(state));
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

    private static byte[] format(RegisterState state) {
        byte[] body = RegisterCodec.encode(state.settled());
        byte[] head = (MARK + " " + FORMAT + " " + body.length + " " + CatalogBytes.hashOf(body) + "\n")
                .getBytes(StandardCharsets.US_ASCII);
        return ByteBuffer.allocate(head.length + body.length)
                .put(head)
                .put(body)
                .array();
    }

    private static RegisterState parse(byte[] file) {
        int end = 0;
        while (end < file.length && end < LONGEST_HEAD && file[end] != '\n') {
            end++;
        }
        String[] head = new String(file, 0, end, StandardCharsets.US_ASCII).split(" ", -1);
        if (head.length != 4 || !head[0].equals(MARK)) {
            throw new IllegalArgumentException("its first line is not that of a catalog: it is damaged");
        }
        if (!head[1].equals(FORMAT)) {
            throw new IllegalArgumentException(
                    "it has format " + head[1] + " in place of " + FORMAT + ": it was written by another version");
        }
        long length = Long.parseLong(head[2]);
        if (file.length - end - 1 != length) {
            throw new IllegalArgumentException(
                    "it has " + (file.length - end - 1) + " of " + length + " bytes: it is torn");
        }
        byte[] bytes = new byte[(int) length];
        System.arraycopy(file, end + 1, bytes, 0, bytes.length);
        if (!CatalogBytes.hashOf(bytes).equals(head[3])) {
            throw new IllegalArgumentException("its checksum is another one: it is damaged");
        }
        return RegisterCodec.decode(bytes);
    }
}
