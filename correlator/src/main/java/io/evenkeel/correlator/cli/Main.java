// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.cli;

import static java.util.Objects.requireNonNull;

import io.evenkeel.client.EvenkeelException;
import io.evenkeel.correlator.config.ConfigurationException;
import io.evenkeel.correlator.terminal.CommandException;
import io.evenkeel.query.DefinitionRefusedException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The command line of Evenkeel. */
@Command(
        name = "evenkeel",
        description = "Queries over JMS events that lose nothing when a node dies.",
        mixinStandardHelpOptions = true,
        version = "Evenkeel 0.1.0-SNAPSHOT",
        synopsisSubcommandLabel = "COMMAND",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {" 0:done", " 1:failed", " 2:wrong use"},
        subcommands = {
            DemoCommand.class,
            BrokerCommand.class,
            NodeCommand.class,
            PublishCommand.class,
            ReceiveCommand.class,
            QueryCommand.class,
            InstanceCommand.class,
            EventCommand.class,
            ClusterCommand.class,
            ApplyCommand.class,
            TaskCommand.class,
            JobCommand.class,
            WatchCommand.class,
            DrillCommand.class,
            CompletionCommand.class
        })
public final class Main implements Callable<Integer> {
    /** These log for operators; all others are quiet. */
    private static final Set<String> LOGGING = Set.of("node", "broker");

    @Option(names = "--debug", scope = ScopeType.INHERIT, description = "Show stack traces of failures.")
    private boolean debug;

    @Spec
    private @Nullable CommandSpec spec;

    private Main() {}

    @Override
    public Integer call() {
        return usage(requireNonNull(spec, "spec"));
    }

    /** Run a command and end the process with its exit code. */
    public static void main(String[] args) {
        if (List.of(args).stream().noneMatch(LOGGING::contains) && System.getProperty("evenkeel.log") == null) {
            System.setProperty("evenkeel.log", "OFF");
            System.setProperty("evenkeel.log.others", "OFF");
        }
        System.exit(commandLine().execute(args));
    }

    static CommandLine commandLine() {
        Main main = new Main();
        CommandLine commandLine = new CommandLine(main);
        commandLine.setCaseInsensitiveEnumValuesAllowed(true);
        commandLine.setExecutionExceptionHandler((e, command, parsed) -> {
            if (main.debug) {
                e.printStackTrace(command.getErr());
            } else {
                command.getErr().println(message(e));
            }
            return e instanceof WrongUseException ? CommandLine.ExitCode.USAGE : CommandLine.ExitCode.SOFTWARE;
        });
        return commandLine;
    }

    /** Any command without a subcommand where it needs one: wrong use, with the help that tells. */
    static int usage(CommandSpec spec) {
        spec.commandLine().usage(spec.commandLine().getErr());
        return CommandLine.ExitCode.USAGE;
    }

    private static String message(Exception e) {
        boolean told = e instanceof CommandException
                || e instanceof WrongUseException
                || e instanceof EvenkeelException
                || e instanceof ConfigurationException
                || e instanceof DefinitionRefusedException;
        String text = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
        return told ? text : "Failed: " + text.lines().findFirst().orElse("") + " (--debug shows more)";
    }
}
