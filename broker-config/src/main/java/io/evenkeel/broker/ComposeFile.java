// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.broker;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * The same brokers in containers. The distribution is mounted, as the files are: no image has to be built, and none of them
 * has a password in it.
 */
final class ComposeFile {

    private static final String COMMON = """
            # Written by `./evenkeel broker files`. To start:
            #   echo ARTEMIS_HOME=/path/to/apache-artemis-2.56.0 >> .env
            #   docker compose up --detach
            # Both beside this file: each command of compose reads .env there.
            # Both of a pair must run on this host: the lock by which one waits for the other is the operating system's.
            x-broker: &broker
              image: "${EVENKEEL_JRE_IMAGE:-eclipse-temurin:17-jre}"
              user: "%s"
              environment:
                ARTEMIS_HOME: /opt/artemis
                EVENKEEL_BROKER_BIND: 0.0.0.0
                # These two as they are where compose runs, or in .env
                EVENKEEL_HEAP:
                EVENKEEL_JAVA_OPTS:
              volumes:
                - "${ARTEMIS_HOME:?name the unpacked distribution of Apache Artemis}:/opt/artemis:ro"
                - ".:/broker"
              restart: unless-stopped
              stop_grace_period: 30s
            services:
            """;

    private static final String SERVICE = """
              %1$s:
                <<: *broker
                entrypoint: ["/broker/%1$s/bin/start"]
                ports: ["%2$s%3$d:%3$d"]
            """;

    /** As docs/operations.md has it for a pair: the primary is started first, and stopped last. */
    private static final String AFTER_PRIMARY = """
                depends_on: [%s]
            """.formatted(BrokerPart.PRIMARY.folder());

    private ComposeFile() {}

    /** @param folder whose owner the brokers run as: the files are readable by no one else */
    static String render(BrokerFilesPlan plan, Path folder) throws IOException {
        StringBuilder text = new StringBuilder(COMMON.formatted(owner(folder)));
        for (Map.Entry<BrokerPart, BrokerAddress> broker : plan.brokers().entrySet()) {
            BrokerAddress address = broker.getValue();
            String host = address.host().equals("localhost") ? "127.0.0.1" : address.host();
            String published = host.matches("[0-9.]+|\\[.*]") ? host + ":" : "";
            text.append(SERVICE.formatted(broker.getKey().folder(), published, address.port()));
            if (broker.getKey() == BrokerPart.BACKUP) {
                text.append(AFTER_PRIMARY);
            }
        }
        return text.toString();
    }

    private static String owner(Path folder) throws IOException {
        return FileSystems.getDefault().supportedFileAttributeViews().contains("unix")
                ? Files.getAttribute(folder, "unix:uid") + ":" + Files.getAttribute(folder, "unix:gid")
                : "0:0";
    }
}
