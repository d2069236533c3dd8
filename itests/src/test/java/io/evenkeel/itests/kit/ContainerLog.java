// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.itests.kit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.testcontainers.containers.GenericContainer;

/** What a container said, in all its lives; Docker keeps it until the container is removed. */
final class ContainerLog {
    private ContainerLog() {}

    static List<String> lines(GenericContainer<?> container) {
        return container.getContainerId() == null
                ? List.of()
                : container.getLogs().lines().toList();
    }

    /** Write it to a file, since it ends with the container. */
    static void keep(GenericContainer<?> container, Path file) {
        try {
            Files.write(file, lines(container));
        } catch (IOException e) {
            throw new UncheckedIOException("Expected to write " + file + ", but could not", e);
        }
    }
}
