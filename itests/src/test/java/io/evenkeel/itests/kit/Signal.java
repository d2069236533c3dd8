// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.itests.kit;

import java.io.IOException;
import java.io.UncheckedIOException;

/** What the operating system can do to a process beside ending it. */
enum Signal {
    /** The process keeps its connections and does nothing. */
    STOP,
    /** It goes on as if nothing had been. */
    CONT;

    /** @param name of the process, for messages */
    void send(long pid, String name) {
        try {
            int exit = new ProcessBuilder("kill", "-" + name(), Long.toString(pid))
                    .start()
                    .waitFor();
            if (exit != 0) {
                throw new IllegalStateException(
                        "Expected to send " + name() + " to " + name + ", but kill ended with " + exit);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Expected to send " + name() + " to " + name + ", but could not", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while sending " + name() + " to " + name, e);
        }
    }
}
