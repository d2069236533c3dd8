// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.itests.kit;

import com.codahale.metrics.Reservoir;
import io.evenkeel.correlator.demo.FreePorts;
import java.io.File;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.xerial.snappy.SnappyInputStream;

/**
 * A ZooKeeper: the server that lies beside its client in the distribution of Artemis, of the same version, with the two
 * libraries that only the server needs. For one thread.
 */
public final class LockServer implements AutoCloseable {
    private final int port = FreePorts.take(1).get(0);
    private final ServerProcess process;

    private LockServer(Path folder) {
        String classPath = Stream.of(
                        ServerProcess.distribution().resolve("lib").resolve("*").toString(),
                        jarOf(Reservoir.class),
                        jarOf(SnappyInputStream.class))
                .collect(Collectors.joining(File.pathSeparator));
        process = new ServerProcess(
                "the lock server",
                new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx128m",
                        "-XX:+UseSerialGC",
                        "-Dzookeeper.admin.enableServer=false",
                        "-classpath",
                        classPath,
                        "org.apache.zookeeper.server.ZooKeeperServerMain",
                        Integer.toString(port),
                        folder.resolve("lock server").toString()),
                port,
                folder.resolve("lock-server"));
    }

    private static String jarOf(Class<?> type) {
        try {
            return Path.of(type.getProtectionDomain()
                            .getCodeSource()
                            .getLocation()
                            .toURI())
                    .toString();
        } catch (URISyntaxException e) {
            throw new IllegalStateException("Expected the jar of " + type + " to have a path, but it has none", e);
        }
    }

    /** Returns when it listens. */
    public static LockServer start(Path folder) {
        LockServer server = new LockServer(folder);
        server.process.start();
        server.process.await("listen", server.process::serves);
        return server;
    }

    int port() {
        return port;
    }

    @Override
    public void close() {
        process.close();
    }
}
