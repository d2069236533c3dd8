// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.cli;

import io.evenkeel.correlator.terminal.CommandException;
import io.evenkeel.correlator.terminal.TextTable;
import io.evenkeel.query.QueryDefinition;
import io.evenkeel.query.Timestamps;
import io.evenkeel.query.Wording;
import io.evenkeel.query.json.EventEncoder;
import io.evenkeel.querytest.Explanation;
import io.evenkeel.querytest.KeyWindow;
import io.evenkeel.querytest.QueryTrial;
import io.evenkeel.querytest.TrialEvent;
import io.evenkeel.querytest.TrialMatch;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Explains matches on sample events. */
@Command(
        name = "explain",
        description = "Run files on sample events, without a cluster, and name the events that made a match, or show"
                + " the window of a key.")
final class ExplainCommand extends DefinitionActions implements Callable<Integer> {
    @Parameters(paramLabel = "FILE", arity = "1..*", description = "YAML or JSON, as for check.")
    private List<Path> files = new ArrayList<>();

    @Mixin
    private TrialOptions trialOptions = new TrialOptions();

    @ArgGroup(multiplicity = "1")
    private Subject subject = new Subject();

    /** What is explained. */
    static final class Subject {
        @Option(
                names = "--match",
                paramLabel = "ID",
                description = "A match by its id, or by its number in what check prints: the events without which it"
                        + " would not be.")
        private @Nullable String match;

        @Option(
                names = "--key",
                paramLabel = "KEY",
                description = "A key: the events that each query can see of it after the last event.")
        private @Nullable String key;
    }

    @Override
    public Integer call() {
        String id = subject.match;
        String key = subject.key;
        if (id != null) {
            try (QueryTrial trial = trialOptions.run(read(files))) {
                show(trial.explain(find(trial, id)));
            }
        } else if (key != null) {
            try (QueryTrial trial = trialOptions.runToLastEvent(read(files))) {
                showWindows(trial, key);
            }
        }
        return 0;
    }

    private static TrialMatch find(QueryTrial trial, String id) {
        List<TrialMatch> matches = trial.matches();
        for (int i = 0; i < matches.size(); i++) {
            if (matches.get(i).id().equals(id) || Integer.toString(i + 1).equals(id)) {
                return matches.get(i);
            }
        }
        throw new CommandException("Expected a match with the id or number " + Wording.quote(id) + ", but there are "
                + matches.size() + " others: "
                + matches.stream().limit(20).map(TrialMatch::id).collect(Collectors.joining(", ")));
    }

    private void show(Explanation explanation) {
        TrialMatch match = explanation.match();
        KeyWindow window = explanation.window();
        if (json()) {
            print("{\"match\":" + match.toJson() + ",\"events\":" + array(explanation.events()) + ",\"minimal\":"
                    + explanation.minimal() + ",\"replays\":" + explanation.replays() + ",\"window\":"
                    + array(window.events()) + "}");
            return;
        }
        print(match.id() + " at " + Timestamps.format(match.atMs())
                + (match.key().isEmpty() ? "" : ", key " + match.key()));
        print(match.body());
        if (explanation.events().isEmpty()) {
            print("The events of its key alone do not make it again, so they are not told apart.");
        } else {
            print("made by " + explanation.events().size() + " events"
                    + (explanation.minimal()
                            ? ", of which none can be left out"
                            : "; the search ended early, some of them may be idle")
                    + " (" + explanation.replays() + " replays)"
                    + (match.cause().isEmpty() ? ", and then by time" : ""));
        }
        Set<TrialEvent> shown = new LinkedHashSet<>(explanation.events());
        shown.addAll(window.events());
        List<TrialEvent> ordered = new ArrayList<>(shown);
        ordered.sort(Comparator.comparingLong(TrialEvent::atMs));
        TextTable table = new TextTable("made it", "id", "at", "event", "fields");
        ordered.forEach(event -> row(table, explanation.events().contains(event) ? "*" : "", event));
        print(table.toString());
    }

    private void showWindows(QueryTrial trial, String key) {
        Set<String> known = new TreeSet<>();
        List<KeyWindow> windows = new ArrayList<>();
        for (QueryDefinition query : trial.definitions().queries()) {
            Set<String> keys = trial.keys(query.name());
            known.addAll(keys);
            if (keys.contains(key)) {
                windows.add(trial.window(query.name(), key));
            }
        }
        if (windows.isEmpty()) {
            throw new CommandException("Expected a key of an event, but " + Wording.quote(key) + " is none; "
                    + Wording.suggest(key, known.stream().limit(20).toList()));
        }
        for (KeyWindow window : windows) {
            if (json()) {
                print("{\"query\":\"" + window.query() + "\",\"at\":\"" + Timestamps.format(window.atMs())
                        + "\",\"window\":" + array(window.events()) + "}");
            } else {
                TextTable table = new TextTable(window.query(), "id", "at", "event", "fields");
                window.events().forEach(event -> row(table, "", event));
                print(table + "\n" + window.events().size() + " events in the window at "
                        + Timestamps.format(window.atMs()));
            }
        }
    }

    private static void row(TextTable table, String mark, TrialEvent event) {
        table.row(
                mark,
                event.id(),
                Timestamps.format(event.atMs()),
                event.event().type().name(),
                EventEncoder.encode(event.event()));
    }

    private static String array(List<TrialEvent> events) {
        return events.stream().map(TrialEvent::toJson).collect(Collectors.joining(",", "[", "]"));
    }
}
