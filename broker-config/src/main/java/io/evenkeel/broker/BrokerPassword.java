// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.broker;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * The broker's password and where it came from.
 *
 * @param source for people: the environment variable's name or the file's path
 */
record BrokerPassword(String value, String source) {

    static final String VARIABLE = "EVENKEEL_BROKER_PASSWORD";

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
            OwnerOnly.create(file, (OwnerOnly.randomPassword() + "\n").getBytes(StandardCharsets.UTF_8));
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

    @Override
    public String toString() {
        return "BrokerPassword[source=" + source + "]";
    }
}
