// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.tasks.run;

/** A job's result is more than the grid is to keep. To repeat the job does not help: ask it for less. */
public final class ResultTooLargeException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    ResultTooLargeException(long mostBytes) {
        super("Expected a result of at most " + mostBytes
                + " bytes, since it is kept in the memory of the nodes, but it is"
                + " larger. Ask for less at a time.");
    }
}
