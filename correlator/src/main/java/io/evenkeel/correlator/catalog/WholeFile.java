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
import java.util.function.Function;

/**
 * A value on a node's disk: the present one and the one before, each with a checksum.
 *
 * <p>A value is written beside the others and forced to the disk; then names change, and the folder is forced too. A crash
 * between any two of these steps leaves at least one whole file. Not for several threads at once.
 *
 * @param <T> what the bytes are
 */
public final class WholeFile<T> {
    private static final String MARK = "evenkeel-";
    private static final String FORMAT = "1";
    private static final int LONGEST_HEAD = 200;

    private final Path folder;
    private final String name;
    private final Function<byte[], T> decode;
    private final Path current;
    private final Path previous;
    private final Path next;

    /**
     * What is on the disk.
     *
     * @param values   of all files that are whole; in no order that counts
     * @param findings what is wrong with files that are not; empty: nothing
     */
    public record Found<T>(List<T> values, List<String> findings) {
        public Found {
            values = List.copyOf(values);
            findings = List.copyOf(findings);
        }
    }

    /**
     * @param folder made if it is not there
     * @param name   of the file and of what is in it, such as catalog
     * @param decode throws IllegalArgumentException for what cannot be read
     */
    public WholeFile(Path folder, String name, Function<byte[], T> decode) {
        this.folder = folder;
        this.name = name;
        this.decode = decode;
        this.current = folder.resolve(name);
        this.previous = folder.resolve(name + ".previous");
        this.next = folder.resolve(name + ".next");
    }

    public Found<T> read() {
        List<T> values = new ArrayList<>();
        List<String> findings = new ArrayList<>();
        for (Path file : List.of(current, previous, next)) {
            if (!Files.exists(file)) {
                continue;
            }
            try {
                values.add(parse(Files.readAllBytes(file)));
            } catch (IOException | IllegalArgumentException e) {
                // What was being written when the node died is torn, and that is in order: it was not in use yet.
                if (!file.equals(next)) {
                    findings.add("Expected " + name + " in " + file.toAbsolutePath() + ", but " + e.getMessage());
                }
            }
        }
        return new Found<>(values, findings);
    }

    /** It is on the disk when this returns; the one before is kept beside it. */
    public void store(byte[] body) throws IOException {
        Files.createDirectories(folder);
        try (FileChannel channel = FileChannel.open(
                next, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            ByteBuffer bytes = ByteBuffer.wrap(format(body));
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

    private boolean isWhole(Path file) {
        try {
            parse(Files.readAllBytes(file));
            return true;
        } catch (IOException | IllegalArgumentException e) {
            return false;
        }
    }

    private byte[] format(byte[] body) {
        byte[] head = (MARK + name + " " + FORMAT + " " + body.length + " " + CatalogBytes.hashOf(body) + "\n")
                .getBytes(StandardCharsets.US_ASCII);
        return ByteBuffer.allocate(head.length + body.length)
                .put(head)
                .put(body)
                .array();
    }

    private T parse(byte[] file) {
        int end = 0;
        while (end < file.length && end < LONGEST_HEAD && file[end] != '\n') {
            end++;
        }
        String[] head = new String(file, 0, end, StandardCharsets.US_ASCII).split(" ", -1);
        if (head.length != 4 || !head[0].equals(MARK + name)) {
            throw new IllegalArgumentException("its first line is not that of such a file: it is damaged");
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
        return decode.apply(bytes);
    }
}
