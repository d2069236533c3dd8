// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.broker;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Map;
import java.util.Set;

/**
 * The broker's password and where it came from.
 *
 * @param source for people: the environment variable's name or the file's path
 */
record BrokerPassword(String value, String source) {

    static final String VARIABLE = "EVENKEEL_BROKER_PASSWORD";

    private static final int RANDOM_BYTES = 24;

    /**
     * Take the password from the environment, else from the file, else generate one into the file.
     *
     * @throws IOException if the file cannot be read or written, or is empty
     */
    static BrokerPassword resolve(Map<String, String> environment, Path file) throws IOException {
        String fromEnvironment = environment.get(VARIABLE);
        if (fromEnvironment != null && !fromEnvironment.isBlank()) {
            return new BrokerPassword(fromEnvironment, VARIABLE);
        }
        try {
            generate(file);
        } catch (FileAlreadyExistsException e) {
            // Usual from the second start on; creating first and reading then leaves no gap between look and write.
        }
        String password = Files.readString(file, StandardCharsets.UTF_8).strip();
        if (password.isEmpty()) {
            throw new IOException(
                    "Expected a password in %s, but the file is empty. Write one, or delete the file.".formatted(file));
        }
        return new BrokerPassword(password, file.toString());
    }

    private static void generate(Path file) throws IOException {
        byte[] random = new byte[RANDOM_BYTES];
        new SecureRandom().nextBytes(random);
        String password = Base64.getUrlEncoder().withoutPadding().encodeToString(random) + "\n";
        // The mode is set at creation: a chmod afterwards would leave a moment in which others can open the file.
        FileAttribute<?>[] ownerOnly =
                FileSystems.getDefault().supportedFileAttributeViews().contains("posix")
                        ? new FileAttribute<?>[] {
                            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
                        }
                        : new FileAttribute<?>[0];
        try (SeekableByteChannel channel = Files.newByteChannel(
                file, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), ownerOnly)) {
            channel.write(ByteBuffer.wrap(password.getBytes(StandardCharsets.UTF_8)));
        }
    }

    @Override
    public String toString() {
        return "BrokerPassword[source=" + source + "]";
    }
}
