// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.cli;

import static java.util.Objects.requireNonNull;

import io.evenkeel.correlator.config.ConfigurationKey;
import io.evenkeel.correlator.config.ConfigurationReader;
import io.evenkeel.correlator.config.NodeConfiguration;
import io.evenkeel.correlator.guarantee.TooWeakException;
import io.evenkeel.correlator.node.Node;
import io.evenkeel.correlator.task.BackupReader;
import io.evenkeel.correlator.task.BackupRefusedException;
import io.evenkeel.runtime.hazelcast.Grid;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Runs a node in the foreground. */
@Command(name = "node", description = "Run a node of a cluster until SIGTERM.", mixinStandardHelpOptions = true)
final class NodeCommand implements Callable<Integer> {
    private static final Logger LOG = LoggerFactory.getLogger(NodeCommand.class);
    private static final int EXIT_ON_ERROR = 70;

    @Option(
            names = "--config",
            required = true,
            paramLabel = "FILE",
            description = "YAML. EVENKEEL_… variables override its values.")
    private @Nullable Path config;

    @Option(names = "--check", description = "Read the configuration and end; the exit code tells.")
    private boolean check;

    @Option(
            names = "--require",
            paramLabel = "LEVEL",
            description = "no-loss: end with 2 if anything is known to weaken it, or cannot be checked (node.require).")
    private @Nullable String require;

    @Option(
            names = "--restore",
            paramLabel = "BACKUP",
            description =
                    "Folder of a backup that a new cluster goes on from: its catalog and its log, where the cluster has none.")
    private @Nullable Path restore;

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        var out = requireNonNull(spec, "spec").commandLine().getOut();
        NodeConfiguration configuration = ConfigurationReader.read(requireNonNull(config, "config"), environment());
        if (check) {
            out.println("ok " + configuration.file());
            return 0;
        }
        Thread.setDefaultUncaughtExceptionHandler(NodeCommand::endOnError);
        Grid.onOutOfMemory(error -> endOnError(Thread.currentThread(), error));
        Node node;
        try {
            node = Node.start(configuration, backup(configuration.cluster()));
        } catch (TooWeakException | BackupRefusedException e) {
            spec.commandLine().getErr().println(e.getMessage());
            return CommandLine.ExitCode.USAGE;
        }
        Runtime.getRuntime()
                .addShutdownHook(new Thread(
                        () -> {
                            node.close();
                            // After a signal the JVM would end with 128 + its number, as if the ordered stop had
                            // failed.
                            Runtime.getRuntime().halt(0);
                        },
                        "evenkeel-node-stop"));
        out.println("ready node=" + configuration.node().name() + " url=" + node.url() + " data="
                + configuration.node().data());
        out.flush();
        new CountDownLatch(1).await();
        return 0;
    }

    private @Nullable BackupReader backup(NodeConfiguration.Cluster cluster) {
        return restore == null ? null : BackupReader.open(restore, cluster.name(), cluster.shards());
    }

    /** The option is one more way to set the key. */
    private Map<String, String> environment() {
        Map<String, String> environment = new HashMap<>(System.getenv());
        if (require != null) {
            environment.put(ConfigurationKey.variable(ConfigurationKey.NODE_REQUIRE.path()), require);
        }
        return environment;
    }

    /**
     * An Error, such as one of memory, leaves a node in a state that nobody knows: others take over what it held. What was
     * not committed is delivered again. Errors of queries do not get here, since they would get there as well: what an
     * event does to a query here it does wherever the shard is replayed. They are recorded, and the event is left out.
     */
    private static void endOnError(Thread thread, Throwable failure) {
        if (failure instanceof Error) {
            try {
                LOG.error(
                        "Thread {} failed with an Error; this node ends, so that others take over",
                        thread.getName(),
                        failure);
            } finally {
                Runtime.getRuntime().halt(EXIT_ON_ERROR);
            }
        }
        LOG.error("Thread {} ended by an exception that nothing provides for", thread.getName(), failure);
    }
}
