// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.itests.kit;

import com.github.dockerjava.api.command.CreateContainerCmd;
import com.github.dockerjava.api.model.ExposedPort;
import com.github.dockerjava.api.model.HostConfig;
import com.github.dockerjava.api.model.PortBinding;
import com.github.dockerjava.api.model.Ports;

/**
 * Where a container is found, the same after each start; left to Docker, both would change.
 *
 * @param address in its network
 * @param inside  its port
 * @param outside the port of this machine's loopback that leads there
 */
record FixedPlace(String address, int inside, int outside) {
    void apply(CreateContainerCmd command) {
        ExposedPort exposed = ExposedPort.tcp(inside);
        HostConfig host = command.getHostConfig();
        if (host == null) {
            throw new IllegalStateException("Expected Testcontainers to have begun a host configuration");
        }
        host.withPortBindings(new PortBinding(Ports.Binding.bindIpAndPort("127.0.0.1", outside), exposed));
        command.withExposedPorts(exposed).withIpv4Address(address);
    }
}
