// SPDX-License-Identifier: Apache-2.0
/**
 * The command line: what {@code ./evenkeel} runs.
 *
 * <p>{@link io.evenkeel.correlator.cli.Main} names the commands. Exit codes are 0 (done), 1 (failed) and 2 (wrong use).
 * Results go to standard output, as a table for people or as JSON for programs; everything else goes to standard error.
 * A failure is one line, or one line for each fault; its stack trace is shown by {@code --debug} only.
 */
@NullMarked
package io.evenkeel.correlator.cli;

import org.jspecify.annotations.NullMarked;
