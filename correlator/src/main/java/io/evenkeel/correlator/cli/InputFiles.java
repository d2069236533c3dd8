// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.cli;

import io.evenkeel.correlator.terminal.CommandException;
import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Reads the files that a command names. */
final class InputFiles {
    private InputFiles() {}

    /** What is in a file. @throws CommandException if it cannot be read */
    static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    /** Why a file cannot be read, and what to do. */
    static CommandException unreadable(Path file, IOException e) {
        if (e instanceof NoSuchFileException) {
            return new CommandException("Expected a file, but there is no " + file + ".", e);
        }
        if (e instanceof MalformedInputException) {
            return new CommandException(
                    "Expected lines of UTF-8, but " + file + " has bytes that are none. Convert it.", e);
        }
        return new CommandException("Expected to read " + file + ", but could not: " + e, e);
    }
}
