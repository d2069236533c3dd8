// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.broker;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Set;

/** Files that nobody but their owner may read, as far as the file system knows owners. */
final class OwnerOnly {

    private static final int RANDOM_BYTES = 24;

    private OwnerOnly() {}

    /** Write a file that is not there yet. @throws java.nio.file.FileAlreadyExistsException if it is */
    static void create(Path file, byte[] content) throws IOException {
        // The mode is set at creation: a chmod afterwards would leave a moment in which others can open the file.
        try (SeekableByteChannel channel = Files.newByteChannel(
                file, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), mode("rw-------"))) {
            ByteBuffer bytes = ByteBuffer.wrap(content);
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
        }
    }

    /** Write a file, in place of the one that is there. */
    static void replace(Path file, String content) throws IOException {
        Files.deleteIfExists(file);
        create(file, content.getBytes(StandardCharsets.UTF_8));
    }

    /** Make a folder, if it is not there, that others cannot look into. */
    static void folder(Path folder) throws IOException {
        Files.createDirectories(folder, mode("rwx------"));
    }

    /** Characters that need no quoting anywhere, which nobody guesses. */
    static String randomPassword() {
        byte[] random = new byte[RANDOM_BYTES];
        new SecureRandom().nextBytes(random);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(random);
    }

    private static FileAttribute<?>[] mode(String permissions) {
        return FileSystems.getDefault().supportedFileAttributeViews().contains("posix")
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
                }
                : new FileAttribute<?>[0];
    }
}
