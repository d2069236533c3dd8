// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.cli;

import static java.util.Objects.requireNonNull;

import io.evenkeel.broker.BrokerSettings;
import io.evenkeel.correlator.drill.Drill;
import io.evenkeel.correlator.drill.DrillFault;
import io.evenkeel.correlator.drill.DrillSettings;
import io.evenkeel.correlator.terminal.CommandException;
import io.evenkeel.correlator.terminal.ProgressBar;
import io.evenkeel.query.Durations;
import java.io.Console;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Hurts a node of a running cluster on purpose, and accounts for each match. */
@Command(
        name = "drill",
        description = {
            "Kill, freeze or cut off a node of a running cluster, on this host, while events of the drill's own pass through it,"
                    + " and compare every match.",
            "Ends with 0 if each match came once and in order, with 1 if one is lost or doubled."
        },
        mixinStandardHelpOptions = true,
        showDefaultValues = true)
final class DrillCommand implements Callable<Integer> {
    /** One of them. */
    static final class Fault {
        @Option(names = "--kill", required = true, description = "kill -9; the node stays dead.")
        private boolean kill;

        @Option(names = "--freeze", required = true, description = "kill -STOP, and -CONT after a while (--for).")
        private boolean freeze;

        @Option(
                names = "--cut",
                required = true,
                description =
                        "Nothing reaches or leaves the node for a while (--for); it must have a network of its own,"
                                + " as in a container. As root.")
        private boolean cut;

        DrillFault chosen() {
            if (kill) {
                return DrillFault.KILL;
            }
            if (freeze) {
                return DrillFault.FREEZE;
            }
            if (cut) {
                return DrillFault.CUT;
            }
            throw new IllegalStateException("picocli wants one of them");
        }
    }

    @ArgGroup(multiplicity = "1")
    private @Nullable Fault fault;

    @Option(
            names = "--node",
            paramLabel = "NAME",
            description = "The node to hurt; if not given, the one that receives the queue.")
    private @Nullable String node;

    @Option(
            names = "--queue",
            paramLabel = "QUEUE",
            description = "Input queue that the drill's events go through; if not given, the first.")
    private @Nullable String queue;

    @Option(names = "--events", paramLabel = "N", description = "How many events.")
    private int events = 3000;

    @Option(names = "--rate", paramLabel = "N", description = "How many of them per second.")
    private int rate = 150;

    @Option(names = "--for", paramLabel = "DURATION", description = "How long a node stands still, or is cut off.")
    private String length = "20 seconds";

    @Option(
            names = "--patience",
            paramLabel = "DURATION",
            description = "How long to wait for the next match before the rest is called lost.")
    private String patience = "30 seconds";

    @Option(names = "--yes", description = "Do not ask.")
    private boolean yes;

    @Mixin
    private ApiOption nodes = new ApiOption();

    @Option(names = "--broker-url", paramLabel = "URL", description = "Of the broker.")
    private String brokerUrl = "tcp://127.0.0.1:" + BrokerSettings.DEFAULT_PORT;

    @Mixin
    private BrokerCredentials credentials = new BrokerCredentials();

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        PrintWriter out = requireNonNull(spec, "spec").commandLine().getOut();
        Drill drill = new Drill(settings(), nodes.patientClient(), credentials.connection(brokerUrl), out);
        out.println(drill.plan());
        out.flush();
        if (!yes && !agreed()) {
            spec.commandLine().getErr().println("Nothing was done. Say yes, or use --yes.");
            return CommandLine.ExitCode.USAGE;
        }
        return drill.run() ? 0 : 1;
    }

    private DrillSettings settings() {
        try {
            return new DrillSettings(
                    requireNonNull(fault, "fault").chosen(),
                    node,
                    queue,
                    events,
                    rate,
                    Durations.parse(length),
                    Durations.parse(patience));
        } catch (IllegalArgumentException e) {
            throw new CommandException(String.valueOf(e.getMessage()), e);
        }
    }

    /** Nobody is asked where nobody can answer. */
    private static boolean agreed() {
        Console console = ProgressBar.onTerminal() ? System.console() : null;
        if (console == null) {
            return false;
        }
        String answer = console.readLine("Go on? [yes/no] ");
        return answer != null && answer.strip().equalsIgnoreCase("yes");
    }
}
