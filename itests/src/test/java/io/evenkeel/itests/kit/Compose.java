// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.itests.kit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Docker's compose for one project: {@code docker compose} where that answers, else {@code docker-compose}, the older one that
 * distributions have in a package. For one thread.
 */
public final class Compose {
    private static final List<List<String>> VARIANTS = List.of(List.of("docker", "compose"), List.of("docker-compose"));

    private final List<String> command = new ArrayList<>();
    private final Map<String, String> variables;
    private final Path log;

    /**
     * @param project   no other one on this machine has this name
     * @param files     the first one's folder is that of the project
     * @param variables for what the files leave open
     * @param log       where all that it says beside its answers is kept
     */
    Compose(String project, List<Path> files, Map<String, String> variables, Path log) {
        this.command.addAll(variant()
                .orElseThrow(() -> new IllegalStateException("Expected to be asked for compose only where it is")));
        this.command.addAll(List.of("--project-name", project));
        files.forEach(file -> command.addAll(List.of("--file", file.toString())));
        this.variables = variables;
        this.log = log;
    }

    /** Go on if Docker and compose answer; else skip the test, or fail, as {@link Containers#require} does. */
    public static void require() {
        Containers.require();
        Machine.require(
                variant().isPresent()
                        ? Optional.empty()
                        : Optional.of("docker compose or docker-compose (Debian: docker-compose), but neither answers."
                                + " Install it to see the brokers that it starts"),
                Containers.REQUIRED);
    }

    private static Optional<List<String>> variant() {
        return VARIANTS.stream().filter(Compose::answers).findFirst();
    }

    private static boolean answers(List<String> variant) {
        List<String> question = new ArrayList<>(variant);
        question.add("version");
        try {
            return new ProcessBuilder(question)
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException e) {
            return false; // there is no such command here
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Do it and wait for its end. @return what it answered */
    String run(String... words) {
        List<String> whole = new ArrayList<>(command);
        whole.addAll(List.of(words));
        try {
            Files.createDirectories(log.toAbsolutePath().getParent());
            ProcessBuilder builder =
                    new ProcessBuilder(whole).redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()));
            builder.environment().putAll(variables);
            Process process = builder.start();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            int exit = process.waitFor();
            if (exit != 0) {
                throw new IllegalStateException("Expected to do " + String.join(" ", whole) + ", but it ended with "
                        + exit + ": " + said + Files.readString(log));
            }
            return said;
        } catch (IOException e) {
            throw new UncheckedIOException("Expected to run " + whole + ", but could not", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted at " + whole, e);
        }
    }
}
