// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.drill;

import io.evenkeel.client.ClusterStatus;
import io.evenkeel.correlator.terminal.CommandException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A node that is a process of this host, also one in a container. That a process has the id which the node told is not enough:
 * the node may be on another host, or gone, and the id somebody else's. So the process must also have been started at the
 * very moment that the node told, which the operating system notes to a hundredth of a second.
 *
 * @param name of the node
 */
record Victim(String name, ProcessHandle process, long startedMs) {
    private static final Pattern INNERMOST_ID = Pattern.compile("(?m)^NSpid:.*\\s(\\d+)$");

    /** Empty if the node's process is not on this host. */
    static Optional<Victim> find(ClusterStatus.Member member) {
        Long pid = member.pid();
        Long startedMs = member.startedMs();
        if (pid == null || startedMs == null || startedMs == 0) {
            return Optional.empty();
        }
        return Stream.concat(
                        ProcessHandle.of(pid).stream(),
                        ProcessHandle.allProcesses().filter(process -> isCalled(process, pid)))
                .map(process -> new Victim(member.name(), process, startedMs))
                .filter(Victim::isStill)
                .findFirst();
    }

    /** Whether a process has an id in its own container. Only Linux tells; others have none in containers. */
    private static boolean isCalled(ProcessHandle process, long pid) {
        try {
            Matcher id =
                    INNERMOST_ID.matcher(Files.readString(Path.of("/proc", Long.toString(process.pid()), "status")));
            return id.find() && Long.parseLong(id.group(1)) == pid;
        } catch (IOException gone) {
            return false;
        }
    }

    /** Whether the process still is the one that was found. */
    private boolean isStill() {
        return process.isAlive()
                && process.info()
                        .startInstant()
                        .map(Instant::toEpochMilli)
                        .filter(started -> started == startedMs)
                        .isPresent();
    }

    long pid() {
        return process.pid();
    }

    void kill() {
        signal("KILL");
    }

    void freeze() {
        signal("STOP");
    }

    /** Also if it is gone. */
    void thaw() {
        if (isStill()) {
            signal("CONT");
        }
    }

    /** Lets nothing in or out any more but what the node says to itself. */
    void cut() {
        requireStill();
        filter("-I", "INPUT", "-i");
        filter("-I", "OUTPUT", "-o");
    }

    /** Also if it is gone. */
    void heal() {
        if (isStill()) {
            filter("-D", "INPUT", "-i");
            filter("-D", "OUTPUT", "-o");
        }
    }

    /** @throws CommandException if to cut it off would cut others off as well, or cannot be done from here */
    void requireOwnNetwork() {
        Path own = Path.of("/proc/self/ns/net");
        Path its = Path.of("/proc", Long.toString(pid()), "ns", "net");
        try {
            if (Files.readSymbolicLink(own).equals(Files.readSymbolicLink(its))) {
                throw new CommandException(
                        "Expected " + name + " to have a network of its own, in a container or a network"
                                + " namespace, but it shares this host's: all others here would be cut off as well. Use --freeze.");
            }
        } catch (IOException e) {
            throw new CommandException(
                    "Expected to see the network of " + name + ", process " + pid() + ", but cannot: " + e
                            + ". Run the drill as root, on Linux.",
                    e);
        }
        run(inItsNetwork("iptables", "-w", "-L", "INPUT", "-n"), "look at the filters of " + name);
    }

    private void filter(String action, String chain, String direction) {
        run(
                inItsNetwork("iptables", "-w", action, chain, "!", direction, "lo", "-j", "DROP"),
                "change the filters of " + name);
    }

    private List<String> inItsNetwork(String... command) {
        return Stream.concat(Stream.of("nsenter", "--net=/proc/" + pid() + "/ns/net"), Stream.of(command))
                .toList();
    }

    private void requireStill() {
        if (!isStill()) {
            throw new CommandException("Expected " + name + " to be process " + pid() + " still, but it is not.");
        }
    }

    private void signal(String signal) {
        requireStill();
        run(
                List.of("kill", "-" + signal, Long.toString(pid())),
                "send " + signal + " to " + name + ", process " + pid());
    }

    private static void run(List<String> command, String purpose) {
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            if (process.waitFor() != 0) {
                throw new CommandException("Expected to " + purpose + ", but could not: " + said
                        + ". Run the drill as the user of the node; to cut it off, as root.");
            }
        } catch (IOException e) {
            throw new CommandException(
                    "Expected to " + purpose + ", but cannot run " + command.get(0) + ": " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandException("Expected to " + purpose + ", but was interrupted.", e);
        }
    }
}
