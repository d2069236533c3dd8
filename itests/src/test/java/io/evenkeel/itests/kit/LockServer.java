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
public final class LockServer extends ServerProcess {
    private LockServer(Path folder, int port) {
        super("the lock server", command(folder.resolve("lock server"), port), port, folder.resolve("lock-server"));
    }

    private static ProcessBuilder command(Path data, int port) {
        String classPath = Stream.of(
                        distribution().resolve("lib").resolve("*").toString(),
                        jarOf(Reservoir.class),
                        jarOf(SnappyInputStream.class))
                .collect(Collectors.joining(File.pathSeparator));
        return new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-XX:+UseSerialGC",
                "-Dzookeeper.admin.enableServer=false",
                "-classpath",
                classPath,
                "org.apache.zookeeper.server.ZooKeeperServerMain",
                Integer.toString(port),
                data.toString());
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
        LockServer server = new LockServer(folder, FreePorts.take(1).get(0));
        try {
            server.start();
            server.await("listen", server::serves);
            return server;
        } catch (RuntimeException | Error e) {
            server.close();
            throw e;
        }
    }
}
