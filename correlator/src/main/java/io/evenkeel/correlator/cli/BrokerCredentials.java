// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.cli;

import io.evenkeel.broker.BrokerSettings;
import io.evenkeel.correlator.terminal.CommandException;
import io.evenkeel.jms.connection.ConnectionSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Help.Visibility;
import picocli.CommandLine.Option;

/** As whom to use a broker. */
final class BrokerCredentials {
    private static final String PASSWORD_VARIABLE = "EVENKEEL_BROKER_PASSWORD";

    @Option(
            names = "--user",
            paramLabel = "NAME",
            description = "At the broker (default: evenkeel).",
            showDefaultValue = Visibility.NEVER)
    private String user = BrokerSettings.USER;

    @Option(
            names = "--password-file",
            paramLabel = "FILE",
            description = "Default: the password in EVENKEEL_BROKER_PASSWORD, else data/broker/password.")
    private @Nullable Path passwordFile;

    ConnectionSettings connection(String url) throws IOException {
        Path file = passwordFile != null ? passwordFile : defaultFile();
        if (!Files.isReadable(file)) {
            throw new CommandException("Expected a file with the password of the broker, but cannot read " + file
                    + ". Name it by --password-file, or set " + PASSWORD_VARIABLE + ".");
        }
        try {
            return new ConnectionSettings("cli", url, user, file);
        } catch (IllegalArgumentException e) {
            throw new CommandException(e.getMessage() + ".", e);
        }
    }

    private static Path defaultFile() throws IOException {
        String password = System.getenv(PASSWORD_VARIABLE);
        if (password == null || password.isBlank()) {
            return Path.of("data", "broker", "password");
        }
        // Connections read passwords from files. A temporary one is its owner's alone.
        Path file = Files.createTempFile("evenkeel", ".password");
        file.toFile().deleteOnExit();
        return Files.writeString(file, password);
    }
}
