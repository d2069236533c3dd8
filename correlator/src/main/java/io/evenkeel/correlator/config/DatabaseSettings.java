// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.config;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * How to reach a database. The password itself is nowhere in this record, so no log line can tell it.
 *
 * @param name         that tasks call it by
 * @param url          of JDBC, such as {@code jdbc:postgresql://db:5432/matches}
 * @param passwordFile holds the password, and a line's end if it must; read for each connection
 */
public record DatabaseSettings(String name, String url, String user, Path passwordFile) {
    public DatabaseSettings {
        requireNonNull(name, "name");
        requireNonNull(url, "url");
        requireNonNull(user, "user");
        requireNonNull(passwordFile, "passwordFile");
    }

    public String readPassword() {
        try {
            return Files.readString(passwordFile).stripTrailing();
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "Expected to read the password of database " + name + ", but could not. file=" + passwordFile, e);
        }
    }
}
