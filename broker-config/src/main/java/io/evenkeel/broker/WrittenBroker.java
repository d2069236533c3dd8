// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.broker;

import java.nio.file.Path;
import java.util.List;

/**
 * How to start and to reach what {@link BrokerFiles} wrote.
 *
 * @param starts         the script of each broker, in the order in which they are to be started; each needs the unpacked
 *                       distribution in {@code ARTEMIS_HOME}
 * @param url            for {@code jms.connections} of a node, {@code publish} and {@code receive}
 * @param passwordSource where the password of {@value BrokerSettings#USER} is: a file, or the name of a variable
 */
public record WrittenBroker(List<Path> starts, String url, String passwordSource) {
    public WrittenBroker {
        starts = List.copyOf(starts);
    }
}
