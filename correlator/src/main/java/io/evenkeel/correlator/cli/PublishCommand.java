// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.cli;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.evenkeel.correlator.terminal.ProgressBar;
import io.evenkeel.correlator.terminal.TextTable;
import io.evenkeel.jms.tool.PublishReport;
import io.evenkeel.jms.tool.PublishSettings;
import io.evenkeel.jms.tool.PublishedBatch;
import io.evenkeel.jms.tool.QueuePublisher;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Publishes events. */
@Command(
        name = "publish",
        description = "Publish lines of JSON to a queue, each as an event.",
        mixinStandardHelpOptions = true)
final class PublishCommand implements Callable<Integer> {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @Option(names = "--queue", required = true, paramLabel = "QUEUE", description = "Where to.")
    private String queue = "";

    @Option(names = "--event", required = true, paramLabel = "TYPE", description = "The type of all events.")
    private String event = "";

    @Option(names = "--file", required = true, paramLabel = "FILE", description = "JSON lines; - for standard input.")
    private String file = "";

    @Option(
            names = "--id",
            paramLabel = "FIELD",
            description = "Field whose value names the event: what is published twice is processed once.")
    private @Nullable String id;

    @Option(names = "--rate", paramLabel = "N", description = "The most events per second (default: no limit).")
    private int rate;

    @Mixin
    private BrokerOption broker = new BrokerOption();

    @Mixin
    private OutputOption output = new OutputOption();

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        if (rate < 0) {
            throw new WrongUseException("Expected --rate of 1 or more, or 0 for no limit, but it is " + rate + ".");
        }
        PublishSettings settings =
                PublishSettings.to(queue, event).withRate(rate).withPatience(PATIENCE);
        if (id != null) {
            settings = settings.withIdField(id);
        }
        var err = requireNonNull(spec, "spec").commandLine().getErr();
        PublishReport report;
        AtomicLong withoutId = new AtomicLong();
        try (Stream<String> lines = lines();
                QueuePublisher publisher = new QueuePublisher(broker.connection(), settings);
                ProgressBar progress = progress()) {
            report = publisher.publish(lines.iterator(), batch -> {
                progress.add(batch.lines());
                withoutId.addAndGet(batch.withoutId());
                if (batch.outcome() != PublishedBatch.Outcome.OK) {
                    err.println("lines " + batch.firstLine() + " and on (" + batch.lines() + "): " + batch.outcome()
                            + " " + batch.failure());
                }
            });
        } catch (UncheckedIOException e) {
            throw InputFiles.unreadable(Path.of(file), requireNonNull(e.getCause()));
        }
        var out = spec.commandLine().getOut();
        out.println(
                output.json()
                        ? new ObjectMapper().writeValueAsString(report)
                        : new TextTable("published", "failed", "unknown")
                                .row(report.ok(), report.failed(), report.unknown()));
        if (withoutId.get() > 0) {
            err.println("Expected the field '" + id + "' in each line, but " + withoutId
                    + " have none: published again, they count again.");
        }
        long all = report.ok() + report.failed() + report.unknown();
        return report.ok() == all && (all == 0 || withoutId.get() < all) ? 0 : 1;
    }

    private ProgressBar progress() throws IOException {
        boolean shown = ProgressBar.onTerminal();
        long total = 0;
        if (shown && !file.equals("-")) {
            try (Stream<String> lines = lines()) {
                total = lines.count();
            } catch (UncheckedIOException e) {
                throw InputFiles.unreadable(Path.of(file), requireNonNull(e.getCause()));
            }
        }
        return new ProgressBar(System.err, shown, total, System::nanoTime);
    }

    private Stream<String> lines() throws IOException {
        if (file.equals("-")) {
            return new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)).lines();
        }
        try {
            return Files.lines(Path.of(file));
        } catch (IOException e) {
            throw InputFiles.unreadable(Path.of(file), e);
        }
    }
}
