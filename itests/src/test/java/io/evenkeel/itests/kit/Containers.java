// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.itests.kit;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.model.Container;
import com.github.dockerjava.api.model.Network;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.testcontainers.DockerClientFactory;

/**
 * Docker, and the images of node and broker in it ({@code itests/containers/build-images}).
 *
 * <p>The image that Testcontainers cleans up with is not needed, since not everybody reaches a registry: each cluster
 * removes what it made, a hook of Testcontainers does when this JVM ends, and what a JVM left that was killed, the next one
 * removes.
 */
public final class Containers {
    /** Where it is true, tests in containers fail without Docker, and are not skipped. */
    static final String REQUIRED = "EVENKEEL_REQUIRE_CONTAINERS";

    private static final Path SCRIPT = Path.of("containers", "build-images");

    /** Names the process that made a container. */
    private static final String MAKER = "io.evenkeel.process";

    private Containers() {}

    /** Go on if Docker answers; else skip the test with one line that says so, or fail where {@value #REQUIRED} is true. */
    public static void require() {
        Machine.require(
                obstacle()
                        .map(why -> "Docker for the tests in containers, but " + why
                                + ". Start it to see them; most of these faults are tested on processes, too"),
                REQUIRED);
    }

    private static Optional<String> obstacle() {
        try {
            Process info = new ProcessBuilder("docker", "info")
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            int exit = info.waitFor();
            return exit == 0 ? Optional.empty() : Optional.of("docker info ended with " + exit);
        } catch (IOException e) {
            return Optional.of("there is no command docker");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.of("the wait for it was interrupted");
        }
    }

    /** Names of the images that are asked for; those that are not there yet are made, which may take minutes. */
    static Map<String, String> images(String... parts) {
        Path script = SCRIPT.toAbsolutePath();
        try {
            ProcessBuilder builder =
                    new ProcessBuilder(script.toString()).redirectError(ProcessBuilder.Redirect.INHERIT);
            builder.command().addAll(List.of(parts));
            Process process = builder.start();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            int exit = process.waitFor();
            if (exit != 0) {
                throw new IllegalStateException(
                        "Expected " + script + " to make images, but it ended with " + exit + "; it says why above");
            }
            return said.lines()
                    .map(line -> line.split("=", 2))
                    .collect(Collectors.toUnmodifiableMap(pair -> pair[0], pair -> pair[1]));
        } catch (IOException e) {
            throw new UncheckedIOException("Expected to run " + script + ", but could not", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while images were made", e);
        }
    }

    static DockerClient docker() {
        return DockerClientFactory.lazyClient();
    }

    /** Of all containers and networks that we make. */
    static Map<String, String> labels() {
        return Map.of(MAKER, Long.toString(ProcessHandle.current().pid()));
    }

    /** Remove what processes made that are gone. */
    static void removeLeftovers() {
        DockerClient docker = docker();
        for (Container container : docker.listContainersCmd()
                .withShowAll(true)
                .withLabelFilter(List.of(MAKER))
                .exec()) {
            if (isLeft(container.getLabels())) {
                docker.removeContainerCmd(container.getId())
                        .withForce(true)
                        .withRemoveVolumes(true)
                        .exec();
            }
        }
        for (Network network : docker.listNetworksCmd().exec()) {
            Map<String, String> labels = network.getLabels();
            if (labels != null && labels.containsKey(MAKER) && isLeft(labels)) {
                docker.removeNetworkCmd(network.getId()).exec();
            }
        }
    }

    private static boolean isLeft(Map<String, String> labels) {
        long maker = Long.parseLong(labels.get(MAKER));
        return ProcessHandle.of(maker).isEmpty();
    }
}
