// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.cli;

import io.evenkeel.client.Change;
import io.evenkeel.client.ChangeOptions;
import io.evenkeel.client.ChangeSteps;
import io.evenkeel.client.DefinitionId;
import io.evenkeel.client.EvenkeelClient;
import io.evenkeel.client.EvenkeelException;
import io.evenkeel.client.Problem;
import io.evenkeel.client.RefusedException;
import io.evenkeel.correlator.terminal.CommandException;
import io.evenkeel.correlator.terminal.ProgressBar;
import io.evenkeel.query.document.Document;
import io.evenkeel.query.document.DocumentReader;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Documents of files, and names of what is to go, as one change. For one thread. */
final class ChangeOfMany {
    private static final Pattern STEP = Pattern.compile("changes\\[(\\d+)]\\.put\\.?(.*)");
    private static final long LOOK_AGAIN_MS = 100;

    private final ChangeSteps steps = new ChangeSteps();
    private final List<Document> documents = new ArrayList<>();

    ChangeOfMany() {}

    ChangeOfMany(List<Document> documents) {
        documents.forEach(document -> put(document, ChangeOptions.NONE));
    }

    void put(Document document, ChangeOptions options) {
        steps.put(DocumentReader.json(document), options);
        documents.add(document);
    }

    /** After all puts. */
    void delete(DefinitionId id, ChangeOptions options) {
        steps.delete(id, options);
    }

    /** Waits for all nodes; tells on a terminal that it does. @throws CommandException with the lines of faults */
    Change put(EvenkeelClient client) throws InterruptedException {
        // One change comes into force at once: what moves is the time, until every node has said that it can.
        try (ProgressBar bar = new ProgressBar(System.err, ProgressBar.onTerminal(), 0, System::nanoTime)) {
            CompletableFuture<Change> change = client.async().change(steps, ChangeOptions.NONE);
            while (true) {
                try {
                    Change done = change.get(LOOK_AGAIN_MS, TimeUnit.MILLISECONDS);
                    bar.add(steps.size());
                    return done;
                } catch (TimeoutException e) {
                    bar.await("%,d definitions: until every node runs them".formatted(steps.size()));
                }
            }
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RefusedException refused) {
                throw new CommandException(faults(refused.problem()), refused);
            }
            if (e.getCause() instanceof EvenkeelException failure) {
                throw failure;
            }
            throw new CommandException("Expected the change to be made, but: " + e.getCause(), e);
        }
    }

    private String faults(Problem problem) {
        StringBuilder text = new StringBuilder(problem.detail());
        for (Problem.Fault fault : problem.faults()) {
            Matcher step = STEP.matcher(fault.field());
            text.append("\n  ");
            if (step.matches() && Integer.parseInt(step.group(1)) < documents.size()) {
                Document document = documents.get(Integer.parseInt(step.group(1)));
                String field = step.group(2);
                text.append(document.title())
                        .append(", line ")
                        .append(document.source().line(field))
                        .append(", ")
                        .append(field)
                        .append(": ")
                        .append(fault.message());
            } else {
                text.append(fault);
            }
        }
        return text.toString();
    }
}
