// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.drill;

import io.evenkeel.client.ClusterStatus;
import io.evenkeel.correlator.terminal.CommandException;
import java.io.IOException;
import java.time.Instant;
import java.util.Optional;

/**
 * A node that is a process of this host. That a process has the id which the node told is not enough: the node may be on
 * another host or in a container, or gone, and the id somebody else's. So the process must also have been started at the
 * very moment that the node told, which the operating system notes to a hundredth of a second.
 *
 * @param name of the node
 */
record Victim(String name, ProcessHandle process, long startedMs) {

    /** Empty if the node's process is not on this host. */
    static Optional<Victim> find(ClusterStatus.Member member) {
        Long pid = member.pid();
        Long startedMs = member.startedMs();
        if (pid == null || startedMs == null || startedMs == 0) {
            return Optional.empty();
        }
        return ProcessHandle.of(pid)
                .map(process -> new Victim(member.name(), process, startedMs))
                .filter(Victim::isStill);
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

    private void signal(String name) {
        if (!isStill()) {
            throw new CommandException("Expected " + this.name + " to be process " + pid() + " still, but it is not.");
        }
        try {
            int exit = new ProcessBuilder("kill", "-" + name, Long.toString(pid()))
                    .redirectErrorStream(true)
                    .start()
                    .waitFor();
            if (exit != 0) {
                throw new CommandException("Expected to send " + name + " to " + this.name + ", process " + pid()
                        + ", but may not. Run the drill as the user of the node.");
            }
        } catch (IOException e) {
            throw new CommandException("Expected the command kill, but cannot run it: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandException("Expected to send " + name + " to " + this.name + ", but was interrupted.", e);
        }
    }
}
