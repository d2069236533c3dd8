// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.itests.kit;

import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.model.Network.Ipam;
import java.util.concurrent.ThreadLocalRandom;
import org.testcontainers.containers.Network;

/** A network of Docker's with addresses of our choice: a container that is started again must have the one it had. */
final class ContainerNetwork implements AutoCloseable {
    /** Another cluster, or somebody else, may have a range already. */
    private static final int TRIES = 10;

    private final String net;
    private final Network network;

    private ContainerNetwork(int number) {
        this.net = "10.178." + number + ".";
        this.network = Network.builder()
                // Testcontainers adds labels of its own to ours.
                .createNetworkCmdModifier(command -> command.withLabels(Containers.labels())
                        .withIpam(new Ipam().withConfig(new Ipam.Config().withSubnet(net + "0/24"))))
                .build();
    }

    static ContainerNetwork create() {
        for (int tried = 1; ; tried++) {
            ContainerNetwork made =
                    new ContainerNetwork(ThreadLocalRandom.current().nextInt(1, 250));
            try {
                // Asking for the id makes it.
                made.network.getId();
                return made;
            } catch (DockerException e) {
                if (tried == TRIES) {
                    throw e;
                }
            }
        }
    }

    Network docker() {
        return network;
    }

    String brokerHost() {
        return net + "2";
    }

    /** Address of a node, counted from 0. */
    String host(int node) {
        return net + (10 + node);
    }

    @Override
    public void close() {
        network.close();
    }
}
