// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.evenkeel.correlator.terminal.CommandException;
import io.evenkeel.correlator.terminal.TextTable;
import io.evenkeel.query.Timestamps;
import io.evenkeel.query.document.Document;
import io.evenkeel.querytest.MatchComparison;
import io.evenkeel.querytest.QueryTrial;
import io.evenkeel.querytest.TrialMatch;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Checks definitions: by a node, or here on sample events. */
@Command(
        name = "check",
        description = "Check files as a node would, and change nothing. With --events: run them here on sample events,"
                + " without a cluster, and print the matches.")
final class CheckCommand extends DefinitionActions implements Callable<Integer> {
    @Parameters(paramLabel = "FILE", arity = "1..*", description = "YAML or JSON; checked together.")
    private List<Path> files = new ArrayList<>();

    @Mixin
    private TrialOptions trialOptions = new TrialOptions();

    @Option(
            names = "--expect",
            paramLabel = "FILE",
            description = "The matches that must be found, as --output json prints them, or their fields only;"
                    + " exit code 1 and the difference if there are others.")
    private @Nullable Path expected;

    @Override
    public Integer call() throws Exception {
        List<Document> documents = read(files);
        if (trialOptions.hasEvents()) {
            try (QueryTrial trial = trialOptions.run(documents)) {
                show(trial);
            }
        } else if (expected != null) {
            throw new WrongUseException("Expected --events FILE beside --expect, but there is none.");
        } else {
            askNode(documents);
        }
        return 0;
    }

    private void askNode(List<Document> documents) throws Exception {
        // One file keeps its lines; several are put behind each other.
        String text = files.size() == 1
                ? Files.readString(files.get(0))
                : String.join(
                        "\n---\n",
                        documents.stream()
                                .map(document -> document.source().text())
                                .toList());
        List<String> checked = client().check(text);
        print(
                json()
                        ? new ObjectMapper()
                                .createObjectNode()
                                .putPOJO("checked", checked)
                                .toString()
                        : "ok: " + checked);
    }

    private void show(QueryTrial trial) {
        Path file = expected;
        if (file != null) {
            MatchComparison comparison = trial.compare(file.toString(), InputFiles.read(file));
            if (!comparison.holds()) {
                List<String> lines = new ArrayList<>(List.of(comparison.diff()));
                lines.addAll(trial.remarks());
                throw new CommandException(String.join("\n", lines));
            }
        }
        if (json()) {
            trial.matches().forEach(match -> print(match.toJson()));
            return;
        }
        if (!trial.matches().isEmpty()) {
            print(table(trial.matches()));
        }
        trial.remarks().forEach(this::print);
        print("ok: " + trial.events().size() + " events, " + trial.matches().size() + " matches"
                + (file == null ? "" : ", as expected"));
    }

    private static String table(List<TrialMatch> matches) {
        TextTable table = new TextTable("#", "at", "instance", "key", "cause", "match");
        for (int i = 0; i < matches.size(); i++) {
            TrialMatch match = matches.get(i);
            table.row(
                    i + 1,
                    Timestamps.format(match.atMs()),
                    match.instance(),
                    match.key(),
                    match.cause().isEmpty() ? "(time)" : match.cause(),
                    match.body());
        }
        return table.toString();
    }
}
