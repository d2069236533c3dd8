// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.cli;

import io.evenkeel.client.ClientSettings;
import io.evenkeel.client.EvenkeelClient;
import io.evenkeel.correlator.terminal.CommandException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** Which nodes to ask. */
final class ApiOption {
    @Option(
            names = "--url",
            paramLabel = "URL",
            split = ",",
            defaultValue = "${env:EVENKEEL_URL:-http://127.0.0.1:8701}",
            description =
                    "Of a node; several are tried in turn. EVENKEEL_URL may name them too (default: ${DEFAULT-VALUE}).")
    private List<String> urls = new ArrayList<>();

    private static final Duration READ = Duration.ofSeconds(3);
    /** A change waits for every member. */
    private static final Duration CHANGE = Duration.ofSeconds(60);

    /** Whoever types wants an answer: a node that is not there is told of at once, one that is busy has some seconds. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    EvenkeelClient client() {
        return EvenkeelClient.of(settings());
    }

    /** Goes on asking for absent nodes as well, as one does who watches. */
    EvenkeelClient patientClient() {
        return EvenkeelClient.of(settings().withAbsence(PATIENCE));
    }

    private ClientSettings settings() {
        try {
            return ClientSettings.of(urls.toArray(String[]::new))
                    .withRead(READ)
                    .withChange(CHANGE)
                    .withPatience(PATIENCE)
                    .withAbsence(Duration.ZERO);
        } catch (IllegalArgumentException e) {
            throw new CommandException(String.valueOf(e.getMessage()), e);
        }
    }
}
