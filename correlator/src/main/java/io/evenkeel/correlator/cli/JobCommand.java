// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.cli;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.evenkeel.client.ChangeOptions;
import io.evenkeel.client.TaskClient;
import io.evenkeel.correlator.terminal.CommandException;
import io.evenkeel.correlator.terminal.ProgressBar;
import io.evenkeel.query.json.ExactJson;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Jobs, which come to an end. */
@Command(
        name = "job",
        description = "Submit, list, cancel and retry jobs of the cluster, and get their results.",
        mixinStandardHelpOptions = true,
        subcommands = {
            JobCommand.Submit.class,
            JobCommand.All.class,
            JobCommand.Get.class,
            JobCommand.Cancel.class,
            JobCommand.Retry.class,
            JobCommand.Result.class
        })
final class JobCommand implements Callable<Integer> {
    private static final Set<String> ENDED = Set.of("DONE", "FAILED", "CANCELLED");
    private static final long LOOK_AGAIN_MS = 200;

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() {
        return Main.usage(requireNonNull(spec, "spec"));
    }

    @Command(
            name = "submit",
            description = "Submit a job from a file; a backtest takes definitions and events from files.")
    static final class Submit extends TaskActions implements Callable<Integer> {
        @Option(names = "--file", paramLabel = "FILE", description = "The job, YAML or JSON.")
        private @Nullable Path file;

        @Option(
                names = "--backtest",
                paramLabel = "FILE",
                description = "Definitions to run over the past; with --events or --history.")
        private @Nullable Path definitions;

        @Option(names = "--events", paramLabel = "FILE", description = "Events as lines of JSON, for a backtest.")
        private @Nullable Path events;

        @Option(
                names = "--history",
                paramLabel = "QUERY",
                description = "The retained history of a query, for a backtest.")
        private @Nullable String history;

        @Option(names = "--wait", description = "Wait until it has ended; exit code 1 if it is not done then.")
        private boolean wait;

        @Override
        public Integer call() throws Exception {
            TaskClient client = taskClient();
            JsonNode job = client.submit(document(), ChangeOptions.NONE);
            if (wait) {
                job = awaitEnd(client, job);
            }
            jobs(List.of(job));
            return wait && !job.path("state").asText().equals("DONE") ? 1 : 0;
        }

        private String document() {
            if (file != null) {
                return InputFiles.read(file);
            }
            if (definitions == null) {
                throw new WrongUseException("Expected --file, or --backtest with --events or --history. See --help.");
            }
            ObjectNode job = ExactJson.MAPPER.createObjectNode().put("job", "backtest");
            ObjectNode settings = job.putObject("settings").put("definitions", InputFiles.read(definitions));
            if (events != null) {
                settings.put("events", InputFiles.read(events));
            }
            if (history != null) {
                settings.put("history", history);
            }
            return job.toString();
        }

        private static JsonNode awaitEnd(TaskClient client, JsonNode submitted) throws InterruptedException {
            String id = submitted.path("id").asText();
            JsonNode job = submitted;
            long total = 0;
            ProgressBar bar = bar(0);
            try {
                long done = 0;
                while (!ENDED.contains(job.path("state").asText())) {
                    Thread.sleep(LOOK_AGAIN_MS);
                    job = client.readJob(id).orElse(job);
                    if (total == 0 && job.path("total").asLong() > 0) {
                        total = job.path("total").asLong();
                        bar = bar(total);
                        done = 0;
                    }
                    // Whoever takes over may begin again.
                    bar.add(job.path("done").asLong() - done);
                    done = job.path("done").asLong();
                }
                return job;
            } finally {
                bar.close();
            }
        }

        private static ProgressBar bar(long total) {
            return new ProgressBar(System.err, ProgressBar.onTerminal(), total, System::nanoTime);
        }
    }

    @Command(name = "list", description = "List the jobs of the last week.")
    static final class All extends TaskActions implements Callable<Integer> {
        @Override
        public Integer call() throws Exception {
            jobs(taskClient().jobs());
            return 0;
        }
    }

    /** About a job that is there. */
    abstract static class OneJob extends TaskActions {
        @Parameters(paramLabel = "JOB")
        String job = "";
    }

    @Command(name = "get", description = "Show a job.")
    static final class Get extends OneJob implements Callable<Integer> {
        @Override
        public Integer call() throws Exception {
            show(taskClient()
                    .readJob(job)
                    .orElseThrow(() -> new CommandException("Expected job " + job + " to exist, but it does not.")));
            return 0;
        }
    }

    @Command(name = "cancel", description = "Let a job end.")
    static final class Cancel extends OneJob implements Callable<Integer> {
        @Override
        public Integer call() throws Exception {
            jobs(List.of(taskClient().cancel(job)));
            return 0;
        }
    }

    @Command(name = "retry", description = "Let a job that failed or was cancelled go on.")
    static final class Retry extends OneJob implements Callable<Integer> {
        @Override
        public Integer call() throws Exception {
            jobs(List.of(taskClient().retry(job)));
            return 0;
        }
    }

    @Command(name = "result", description = "Print the result of a job that is done, line by line.")
    static final class Result extends OneJob implements Callable<Integer> {
        @Override
        public Integer call() throws Exception {
            out().print(taskClient().result(job));
            out().flush();
            return 0;
        }
    }
}
