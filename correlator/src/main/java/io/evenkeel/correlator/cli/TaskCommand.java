// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.cli;

import static java.util.Objects.requireNonNull;

import io.evenkeel.client.ChangeOptions;
import io.evenkeel.client.Match;
import io.evenkeel.client.MatchNews;
import io.evenkeel.client.MatchSubscription;
import io.evenkeel.correlator.terminal.CommandException;
import io.evenkeel.query.Durations;
import io.evenkeel.query.document.DocumentReader;
import io.evenkeel.query.json.ExactJson;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Tasks, which go on until they are deleted. */
@Command(
        name = "task",
        description = "Put, list, pin, pause and delete ongoing tasks of the cluster.",
        mixinStandardHelpOptions = true,
        subcommands = {
            TaskCommand.Put.class,
            TaskCommand.All.class,
            TaskCommand.Get.class,
            TaskCommand.Read.class,
            TaskCommand.Pin.class,
            TaskCommand.Unpin.class,
            TaskCommand.Pause.class,
            TaskCommand.Resume.class,
            TaskCommand.Delete.class
        })
final class TaskCommand implements Callable<Integer> {
    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() {
        return Main.usage(requireNonNull(spec, "spec"));
    }

    @Command(name = "put", description = "Create or replace a task from a file.")
    static final class Put extends TaskActions implements Callable<Integer> {
        @Option(names = "--file", paramLabel = "FILE", required = true, description = "YAML or JSON.")
        private Path file = Path.of("");

        @Override
        public Integer call() throws Exception {
            String text = InputFiles.read(file);
            String name =
                    DocumentReader.tree(file.toString(), text).path("task").asText();
            tasks(List.of(taskClient().put(name, text, ChangeOptions.NONE)));
            return 0;
        }
    }

    @Command(name = "list", description = "List all tasks and where they run.")
    static final class All extends TaskActions implements Callable<Integer> {
        @Override
        public Integer call() throws Exception {
            tasks(taskClient().tasks());
            return 0;
        }
    }

    /** About a task that is there. */
    abstract static class OneTask extends TaskActions {
        @Parameters(paramLabel = "TASK", index = "0")
        String task = "";
    }

    @Command(name = "get", description = "Show a task, its checkpoint included.")
    static final class Get extends OneTask implements Callable<Integer> {
        @Override
        public Integer call() throws Exception {
            show(taskClient()
                    .read(task)
                    .orElseThrow(() -> new CommandException("Expected task " + task + " to exist, but it does not.")));
            return 0;
        }
    }

    @Command(
            name = "read",
            description = {
                "Read a subscription: print its matches, one a line, and acknowledge what was printed.",
                "Who reads it already is let go. What was printed and not acknowledged, since this ended in between,"
                        + " comes again."
            })
    static final class Read extends OneTask implements Callable<Integer> {
        private static final Duration LINGER = Duration.ofMillis(200);
        private static final int AT_A_TIME = 100;

        @Option(names = "--count", paramLabel = "N", description = "End after so many (default: never).")
        private long count = Long.MAX_VALUE;

        @Option(
                names = "--timeout",
                paramLabel = "DURATION",
                description = "End when none came for so long, such as '10 s' (default: never).")
        private @Nullable String timeout;

        @Override
        public Integer call() throws Exception {
            long idleNanos = timeout == null ? Long.MAX_VALUE : idle(timeout).toNanos();
            try (MatchSubscription subscription = taskClient().subscribe(task)) {
                long read = 0;
                long lastNanos = System.nanoTime();
                while (read < count && System.nanoTime() - lastNanos < idleNanos) {
                    MatchNews news = subscription.next(LINGER).orElse(null);
                    if (news == null) {
                        // Nothing more for now: one acknowledgement for all that came in a row.
                        subscription.acknowledge();
                    } else if (news instanceof Match match) {
                        print(ExactJson.MAPPER.valueToTree(match).toString());
                        out().flush();
                        lastNanos = System.nanoTime();
                        if (++read % AT_A_TIME == 0) {
                            subscription.acknowledge();
                        }
                    } else if (news instanceof MatchNews.Gap gap) {
                        err().println("gap: " + gap.reason());
                    }
                }
                subscription.acknowledge();
            }
            return 0;
        }

        private static Duration idle(String text) {
            try {
                return Durations.parse(text);
            } catch (IllegalArgumentException e) {
                throw new WrongUseException("--timeout: " + e.getMessage() + ".", e);
            }
        }
    }

    @Command(name = "pin", description = "Let a task stay with a node.")
    static final class Pin extends OneTask implements Callable<Integer> {
        @Parameters(paramLabel = "NODE", index = "1")
        private String node = "";

        @Override
        public Integer call() throws Exception {
            tasks(List.of(taskClient().pin(task, node)));
            return 0;
        }
    }

    @Command(name = "unpin", description = "Let a task go where it belongs.")
    static final class Unpin extends OneTask implements Callable<Integer> {
        @Override
        public Integer call() throws Exception {
            tasks(List.of(taskClient().unpin(task)));
            return 0;
        }
    }

    @Command(name = "pause", description = "Let nobody run a task; what it has done is kept.")
    static final class Pause extends OneTask implements Callable<Integer> {
        @Override
        public Integer call() throws Exception {
            tasks(List.of(taskClient().pause(task)));
            return 0;
        }
    }

    @Command(name = "resume", description = "Let a paused task go on.")
    static final class Resume extends OneTask implements Callable<Integer> {
        @Override
        public Integer call() throws Exception {
            tasks(List.of(taskClient().resume(task)));
            return 0;
        }
    }

    @Command(name = "delete", description = "Delete a task.")
    static final class Delete extends OneTask implements Callable<Integer> {
        @Override
        public Integer call() throws Exception {
            taskClient().delete(task, ChangeOptions.NONE);
            print("deleted " + task);
            return 0;
        }
    }
}
