// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.itests.kit;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.InspectContainerResponse.ContainerState;
import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.model.Capability;
import com.github.dockerjava.api.model.HostConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.testcontainers.containers.Container.ExecResult;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.WaitStrategy;
import org.testcontainers.containers.wait.strategy.WaitStrategyTarget;
import org.testcontainers.utility.DockerImageName;
import org.testcontainers.utility.MountableFile;

/** A node in a container of its own, and what Docker can do to it. After its end it can be started again. For one thread. */
public final class NodeContainer extends ClusterNode {
    static final int HTTP_PORT = 8701;
    static final int GRID_PORT = 5701;
    static final Path PASSWORD_FILE = Path.of("/etc/evenkeel/password");

    private static final long MB = 1024 * 1024;
    /** Heap, code, threads and the buffers of the network, with room to spare. */
    private static final long USUAL_MEMORY = 1024 * MB;

    private static final long CPU_PERIOD_MICROS = 100_000;
    private static final long NO_QUOTA = -1;
    private static final Duration END_LIMIT = Duration.ofSeconds(60);
    private static final int SQUEEZES = 5;
    private static final long SPARE_MEMORY = 16 * MB;
    /** More than the spare, and what the kernel can take back from the pages of files. */
    private static final long BALLAST = 512 * MB;

    private final GenericContainer<?> container;
    private final Path log;

    /**
     * @param folder    of the cluster's files
     * @param password  the file with the broker's
     * @param variables names and values of its environment
     */
    NodeContainer(
            String name,
            String image,
            ContainerNetwork network,
            FixedPlace place,
            Path folder,
            Path configuration,
            Path password,
            Map<String, String> variables) {
        super(name, new NodeApi(name, "127.0.0.1", place.outside()));
        this.log = folder.resolve(name + ".log");
        this.container = new GenericContainer<>(DockerImageName.parse(image))
                .withNetwork(network.docker())
                .withLabels(Containers.labels())
                .withEnv(variables)
                .withCopyFileToContainer(MountableFile.forHostPath(configuration), "/etc/evenkeel/node.yaml")
                .withCopyFileToContainer(MountableFile.forHostPath(folder.resolve("catalog")), "/etc/evenkeel/catalog")
                .withCopyFileToContainer(MountableFile.forHostPath(password), PASSWORD_FILE.toString())
                .withCreateContainerCmdModifier(command -> {
                    place.apply(command);
                    HostConfig host = Objects.requireNonNull(command.getHostConfig());
                    // For the cuts, which are made from within.
                    host.withCapAdd(Capability.NET_ADMIN)
                            .withMemory(USUAL_MEMORY)
                            .withMemorySwap(USUAL_MEMORY)
                            .withShmSize(BALLAST);
                })
                .waitingFor(new NoWait());
    }

    /** Start it, for the first time or again; does not wait until it serves. */
    public void start() {
        expectLife();
        if (wasStarted()) {
            docker().startContainerCmd(id()).exec();
        } else {
            container.start();
        }
    }

    /** {@code docker kill}: SIGKILL. Returns when it is gone. */
    public void kill() {
        expectEnd();
        docker().killContainerCmd(id()).exec();
        new Await(() -> {}).until(name() + " to end", END_LIMIT, this::tail, () -> !isAlive());
    }

    /** {@code docker pause}: nothing in it runs, and its connections stay. */
    public void pause() {
        docker().pauseContainerCmd(id()).exec();
    }

    /** It goes on as if nothing had been. */
    public void unpause() {
        docker().unpauseContainerCmd(id()).exec();
    }

    /** Neither hear these hosts nor be heard by them. */
    void cut(List<String> hosts) {
        for (String host : hosts) {
            exec("iptables", "-A", "INPUT", "-s", host, "-j", "DROP");
            mute(host);
        }
    }

    /** Hear a host, and not be heard by it. */
    void mute(String host) {
        exec("iptables", "-A", "OUTPUT", "-d", host, "-j", "DROP");
    }

    /** Undo all cuts. */
    public void heal() {
        exec("iptables", "-F");
    }

    /** Let it have no more of the processors than this, from now on. @param share of one, such as 0.1 */
    public void limitCpu(double share) {
        docker().updateContainerCmd(id())
                .withCpuPeriod(CPU_PERIOD_MICROS)
                .withCpuQuota(Math.round(share * CPU_PERIOD_MICROS))
                .exec();
    }

    public void unlimitCpu() {
        docker().updateContainerCmd(id()).withCpuQuota(NO_QUOTA).exec();
    }

    /**
     * Let it have hardly more memory than it uses, and take that from it: the kernel then ends what uses most, the JVM. What
     * takes it is a file in memory, which cannot be given up for others, as pages of files on a disk can.
     */
    public void exhaustMemory() {
        expectEnd();
        for (int tried = 1; !limitMemory(memoryUsed() + SPARE_MEMORY); tried++) {
            if (tried == SQUEEZES) {
                throw new IllegalStateException(
                        "Expected " + name() + " to keep still for a moment, but it always took more memory");
            }
        }
        try {
            container.execInContainer("sh", "-c", "head -c " + BALLAST + " /dev/zero > /dev/shm/ballast");
        } catch (IOException | DockerException e) {
            // The end of the container is the end of this command as well.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** As much memory as at first. */
    public void restoreMemory() {
        if (!limitMemory(USUAL_MEMORY)) {
            throw new IllegalStateException("Expected " + name() + " to take less than " + USUAL_MEMORY + " bytes");
        }
    }

    /** @return false if it uses more already, which older kernels refuse */
    private boolean limitMemory(long bytes) {
        try {
            docker().updateContainerCmd(id())
                    .withMemory(bytes)
                    .withMemorySwap(bytes)
                    .exec();
            return true;
        } catch (DockerException e) {
            return false;
        }
    }

    /** All that counts against its limit, in bytes, wherever this kernel tells it. */
    private long memoryUsed() {
        String used = exec(
                "sh",
                "-c",
                "cat /sys/fs/cgroup/memory.current 2>/dev/null || cat /sys/fs/cgroup/memory/memory.usage_in_bytes");
        return Long.parseLong(used.strip());
    }

    @Override
    public boolean isAlive() {
        return wasStarted() && Boolean.TRUE.equals(state().getRunning());
    }

    /** Whether the kernel ended it because it wanted more memory than its limit. */
    public boolean wasKilledForMemory() {
        return Boolean.TRUE.equals(state().getOOMKilled());
    }

    @Override
    public int exitCode() {
        return Objects.requireNonNull(state().getExitCodeLong(), "exit code of " + name())
                .intValue();
    }

    @Override
    boolean wasStarted() {
        return container.getContainerId() != null;
    }

    @Override
    List<String> lines() {
        return ContainerLog.lines(container);
    }

    private ContainerState state() {
        return docker().inspectContainerCmd(id()).exec().getState();
    }

    private String exec(String... command) {
        try {
            ExecResult said = container.execInContainer(command);
            if (said.getExitCode() != 0) {
                throw new IllegalStateException("Expected to do " + String.join(" ", command) + " in " + name()
                        + ", but it ended with " + said.getExitCode() + ": " + said.getStderr());
            }
            return said.getStdout();
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "Expected to run " + String.join(" ", command) + " in " + name() + ", but could not", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted at " + String.join(" ", command), e);
        }
    }

    private String id() {
        return container.getContainerId();
    }

    private static DockerClient docker() {
        return Containers.docker();
    }

    @Override
    public void close() {
        try {
            ContainerLog.keep(container, log);
        } finally {
            container.stop();
        }
    }

    /** A node serves when enough others do: whoever starts the first cannot wait for it. */
    private static final class NoWait implements WaitStrategy {
        @Override
        public void waitUntilReady(WaitStrategyTarget target) {}

        @Override
        public WaitStrategy withStartupTimeout(Duration limit) {
            return this;
        }
    }
}
