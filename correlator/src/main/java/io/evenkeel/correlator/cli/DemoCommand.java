// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.cli;

import io.evenkeel.correlator.demo.Demo;
import io.evenkeel.correlator.demo.DemoSettings;
import io.evenkeel.correlator.terminal.CommandException;
import io.evenkeel.correlator.terminal.ProgressBar;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Shows on processes of its own what Evenkeel is for. */
@Command(
        name = "demo",
        description = "Start a broker and nodes, publish flights, kill a node, and compare every match.",
        mixinStandardHelpOptions = true,
        showDefaultValues = true)
final class DemoCommand implements Callable<Integer> {
    @Option(names = "--nodes", paramLabel = "N", description = "How many nodes.")
    private int nodes = 3;

    @Option(
            names = "--kill",
            negatable = true,
            defaultValue = "true",
            fallbackValue = "true",
            description = "Whether to kill a node half way; only of three or more: of two, none would commit alone.")
    private boolean kill = true;

    @Option(names = "--keep", description = "Leave all running afterwards, to play with.")
    private boolean keep;

    @Option(names = "--rate", paramLabel = "N", description = "The most flights per second; 0 for no limit.")
    private int rate = 2500;

    @Override
    public Integer call() throws Exception {
        Path home = Path.of(System.getProperty("evenkeel.home", ""));
        if (!Files.isDirectory(home.resolve("demo"))) {
            throw new CommandException("Expected the folder demo with flights and queries, but it is not in "
                    + home.toAbsolutePath() + ". Run ./evenkeel of the project.");
        }
        try {
            DemoSettings settings =
                    new DemoSettings(home, nodes, kill && nodes >= DemoSettings.FEWEST_FOR_A_KILL, keep, rate);
            return new Demo(settings, System.out, ProgressBar.onTerminal()).run() ? 0 : 1;
        } catch (IllegalArgumentException e) {
            throw new WrongUseException(String.valueOf(e.getMessage()), e);
        }
    }
}
