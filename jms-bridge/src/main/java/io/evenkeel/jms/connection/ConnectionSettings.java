// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.jms.connection;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * How to reach a broker.
 *
 * @param name         unique in its node; in messages
 * @param url          of Artemis, such as {@code tcp://127.0.0.1:61616}, or with a pair of brokers
 *                     {@code (tcp://a:61616,tcp://b:61616)?ha=true}
 * @param passwordFile holds the password, and a line's end if it must; read for each connection, so that a new password
 *                     needs no restart. The password itself is nowhere in this record, so no log line can tell it
 */
public record ConnectionSettings(String name, String url, String user, Path passwordFile) {
    public ConnectionSettings {
        requireNonNull(name, "name");
        requireNonNull(url, "url");
        requireNonNull(user, "user");
        requireNonNull(passwordFile, "passwordFile");
        if (url.contains("vm:")) {
            // In-VM messages skip the wire, its failure detection, and the copy that keeps sender and broker apart.
            throw new IllegalArgumentException("Expected a url with tcp, but connection " + name + " has " + url
                    + ". A broker in the same process dies with its node.");
        }
        if (!url.matches("\\(?tcp://.+")) {
            throw new IllegalArgumentException(
                    "Expected a url that begins with tcp:// or (tcp://, but connection " + name + " has another");
        }
        if (url.matches(".*[?&;](user|password)=.*")
                || (url.startsWith("tcp:") && URI.create(url).getUserInfo() != null)) {
            throw new IllegalArgumentException("Expected a url without credentials, but connection " + name
                    + " has some. Use user and passwordFile.");
        }
    }

    /** The password as it is now. @throws UncheckedIOException if the file cannot be read */
    public String readPassword() {
        try {
            return Files.readString(passwordFile).stripTrailing();
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "Expected to read the password of connection " + name + ", but could not. file=" + passwordFile, e);
        }
    }
}
