// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.cli;

import static java.util.Objects.requireNonNull;

import io.evenkeel.broker.BrokerAddress;
import io.evenkeel.broker.BrokerFiles;
import io.evenkeel.broker.BrokerFilesPlan;
import io.evenkeel.broker.BrokerSettings;
import io.evenkeel.broker.BrokerTls;
import io.evenkeel.broker.WrittenBroker;
import io.evenkeel.correlator.terminal.CommandException;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Writes what the distribution of Apache Artemis needs to run a broker as ours is, or a pair of them. */
@Command(
        name = "files",
        description =
                "Write all files with which the distribution of Apache Artemis runs a broker, or a pair of them, with"
                        + " every setting that the guarantees rest on. A second run keeps password, key store and data.",
        mixinStandardHelpOptions = true)
final class BrokerFilesCommand implements Callable<Integer> {
    @Option(names = "--to", required = true, paramLabel = "DIR", description = "Made if it is not there.")
    private @Nullable Path to;

    @Option(names = "--pair", description = "A primary and a backup on one store instead of one broker.")
    private boolean pair;

    @Option(names = "--host", paramLabel = "HOST", description = "As clients have it (default: 127.0.0.1).")
    private String host = "127.0.0.1";

    @Option(names = "--port", paramLabel = "PORT", description = "For Core, AMQP and STOMP (default: 61616).")
    private int port = BrokerSettings.DEFAULT_PORT;

    @Option(names = "--backup-host", paramLabel = "HOST", description = "Of the backup (default: that of the primary).")
    private @Nullable String backupHost;

    @Option(names = "--backup-port", paramLabel = "PORT", description = "Of the backup (default: one more).")
    private @Nullable Integer backupPort;

    @Option(
            names = "--exclusive",
            paramLabel = "PATTERN",
            description = "Queues with one active consumer at a time. Strict receivers ask for it themselves.")
    private List<String> exclusive = new ArrayList<>();

    @Option(names = "--tls", description = "With a new certificate, signed by itself, and a trust store for clients.")
    private boolean tls;

    @Option(names = "--key-store", paramLabel = "FILE", description = "TLS with this PKCS12 key store; it is copied.")
    private @Nullable Path keyStore;

    @Option(names = "--key-store-password-file", paramLabel = "FILE", description = "Holds its password.")
    private @Nullable Path keyStorePasswordFile;

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() {
        WrittenBroker written = write();
        var out = requireNonNull(spec, "spec").commandLine().getOut();
        written.starts().forEach(start -> out.println("start    " + start));
        out.println("url      " + written.url());
        out.println("user     " + BrokerSettings.USER);
        out.println("password " + written.passwordSource());
        return 0;
    }

    private WrittenBroker write() {
        try {
            return BrokerFiles.write(plan(), System.getenv());
        } catch (NoSuchFileException e) {
            throw new CommandException("Expected a file, but there is no " + e.getFile() + ".", e);
        } catch (IOException e) {
            throw new CommandException("Expected to write the files of a broker, but could not. " + e.getMessage(), e);
        }
    }

    private BrokerFilesPlan plan() {
        if (!pair && (backupHost != null || backupPort != null)) {
            throw new WrongUseException("Expected --pair beside --backup-host and --backup-port, but it is not there.");
        }
        try {
            return new BrokerFilesPlan(
                    requireNonNull(to, "to"), new BrokerAddress(host, port), backup(), exclusive, tls());
        } catch (IllegalArgumentException e) {
            throw new WrongUseException(String.valueOf(e.getMessage()), e);
        }
    }

    private @Nullable BrokerAddress backup() {
        return pair
                ? new BrokerAddress(backupHost == null ? host : backupHost, backupPort == null ? port + 1 : backupPort)
                : null;
    }

    private @Nullable BrokerTls tls() {
        Path store = keyStore;
        Path passwordFile = keyStorePasswordFile;
        if (store == null && passwordFile == null) {
            return tls ? BrokerTls.selfSigned() : null;
        }
        if (store == null || passwordFile == null) {
            throw new WrongUseException("Expected --key-store and --key-store-password-file, but there is only one.");
        }
        return BrokerTls.of(store, passwordFile);
    }
}
