// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.itests.kit;

import io.evenkeel.correlator.config.ConfigurationReader;
import io.evenkeel.correlator.node.Node;
import java.nio.file.Path;

/** A node process: what the command line's {@code node} does, and nothing else. */
public final class NodeMain {
    private NodeMain() {}

    /** @param arguments the configuration file */
    public static void main(String[] arguments) throws InterruptedException {
        Node node = Node.start(ConfigurationReader.read(Path.of(arguments[0]), System.getenv()));
        Runtime.getRuntime().addShutdownHook(new Thread(node::close, "evenkeel-stop"));
        System.out.println("ready " + node.url());
        Thread.currentThread().join();
    }
}
