// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.cli;

import io.evenkeel.broker.BrokerMain;
import io.evenkeel.broker.BrokerSettings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Runs a broker in the foreground. */
@Command(
        name = "broker",
        description = "Run a broker for Core, AMQP and STOMP until SIGTERM.",
        mixinStandardHelpOptions = true,
        showDefaultValues = true,
        subcommands = BrokerFilesCommand.class)
final class BrokerCommand implements Callable<Integer> {
    @Option(names = "--port", paramLabel = "PORT", description = "On 127.0.0.1; 0 for a free one.")
    private int port = BrokerSettings.DEFAULT_PORT;

    @Option(names = "--data", paramLabel = "DIR", description = "Journal, pages and the file with the password.")
    private Path data = Path.of("data", "broker");

    @Option(
            names = "--exclusive",
            paramLabel = "PATTERN",
            description = "Queues with one active consumer at a time. Strict receivers ask for it themselves.")
    private List<String> exclusive = new ArrayList<>();

    @Override
    public Integer call() {
        return BrokerMain.serve(settings(), System.out, System.err);
    }

    private BrokerSettings settings() {
        try {
            return BrokerSettings.of(data).withPort(port).withExclusive(exclusive.toArray(String[]::new));
        } catch (IllegalArgumentException e) {
            throw new WrongUseException(String.valueOf(e.getMessage()), e);
        }
    }
}
