// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.cli;

import io.evenkeel.correlator.terminal.CommandException;
import io.evenkeel.query.Timestamps;
import io.evenkeel.query.Wording;
import io.evenkeel.query.document.Document;
import io.evenkeel.querytest.QueryTrial;
import io.evenkeel.querytest.TrialDefinitions;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What commands share that try definitions on sample events, in this process. */
final class TrialOptions {
    @Option(
            names = "--events",
            paramLabel = "FILE",
            description = "Sample events, a JSON object a line:"
                    + " {\"event\":\"Flight\",\"at\":\"2026-01-01T00:00:00Z\",\"fields\":{...}}; bare fields if there is"
                    + " one event type; \"at\":\"+5 minutes\" counts on; {\"at\":...} alone lets time pass.")
    private @Nullable Path events;

    @Option(
            names = "--instance",
            paramLabel = "QUERY/NAME[:P=V,...]",
            description = "Try this instance, in place of those of the files. Can be repeated.")
    private List<String> instances = new ArrayList<>();

    @Option(
            names = "--until",
            paramLabel = "TIME",
            description = "Let time pass to here after the last event (default: the longest window on).")
    private @Nullable String until;

    boolean hasEvents() {
        return events != null;
    }

    /** Runs the definitions on the events, and lets time pass after the last one, as far as was asked for. */
    QueryTrial run(List<Document> documents) {
        QueryTrial trial = runToLastEvent(documents);
        String time = until;
        if (time == null) {
            trial.finish();
        } else {
            long millis = Timestamps.parse(time);
            if (millis == Timestamps.NONE) {
                throw new WrongUseException("Expected --until as a timestamp such as 2026-01-01T00:00:00Z, but it is "
                        + Wording.quote(time) + ".");
            }
            trial.advanceTo(Instant.ofEpochMilli(millis));
        }
        return trial;
    }

    QueryTrial runToLastEvent(List<Document> documents) {
        Path file = events;
        if (file == null) {
            throw new WrongUseException("Expected --events FILE, but there is none.");
        }
        TrialDefinitions definitions = TrialDefinitions.of(documents);
        try {
            for (String instance : instances) {
                definitions = definitions.choose(instance);
            }
        } catch (IllegalArgumentException e) {
            throw new CommandException(String.valueOf(e.getMessage()), e);
        }
        QueryTrial trial = new QueryTrial(definitions);
        trial.publishLines(file.toString(), InputFiles.read(file));
        return trial;
    }
}
