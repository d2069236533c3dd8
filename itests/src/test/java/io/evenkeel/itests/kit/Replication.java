// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.itests.kit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Makes of the files of a pair on one store those of a pair that replicates, as Artemis' manual has it. The product writes no
 * such files.
 */
final class Replication {
    /** Both alike: one that is a backup by its nature would not serve alone after a restart, even if it has all there is. */
    private static final String XML = """
            <cluster-user>the.pair</cluster-user>
            <cluster-password>of-this-test</cluster-password>
            <connectors>
              <connector name="own">%1$s</connector>
              <connector name="other">%2$s</connector>
            </connectors>
            <ha-policy>
              <replication>
                <primary>
                  <coordination-id>e7e7e7e7e7e7e7e7</coordination-id>
                  <manager>
                    <class-name>org.apache.activemq.artemis.lockmanager.zookeeper.CuratorDistributedLockManager</class-name>
                    <properties>
                      <property key="connect-string" value="127.0.0.1:%3$d"/>
                      <property key="session-ms" value="%4$d"/>
                    </properties>
                  </manager>
                </primary>
              </replication>
            </ha-policy>
            <cluster-connections>
              <cluster-connection name="pair">
                <connector-ref>own</connector-ref>
                <!-- By default a ping comes every 30 s, and the promised time to live is 6 s. -->
                <check-period>1500</check-period>
                <connection-ttl>6000</connection-ttl>
                <message-load-balancing>OFF</message-load-balancing>
                <static-connectors><connector-ref>other</connector-ref></static-connectors>
              </cluster-connection>
            </cluster-connections>
            """;

    /** So long ZooKeeper keeps the lock of a broker that it does not hear; Artemis' own default. */
    private static final int LOCK_MS = 18_000;

    private static final String TLS =
            "?sslEnabled=true;trustStoreType=PKCS12;trustStorePath=../tls/trust.p12;trustStorePassword=evenkeel";

    private Replication() {}

    /**
     * Change the files of one of them.
     *
     * @param folder of this broker
     * @param own    port at which the other one reaches it
     * @param other  port at which it reaches the other one
     * @param locks  port at which it reaches ZooKeeper
     */
    static void set(Path folder, int own, int other, int locks) {
        Path file = folder.resolve("etc/broker.xml");
        try {
            String xml = Files.readString(file);
            String policy =
                    xml.substring(xml.indexOf("<ha-policy>"), xml.indexOf("</ha-policy>") + "</ha-policy>".length());
            Files.writeString(
                    file,
                    xml.replace(policy, XML.formatted(url(own), url(other), locks, LOCK_MS))
                            .replace("../data/", "data/"));
        } catch (IOException e) {
            throw new UncheckedIOException("Expected to change " + file + ", but could not", e);
        }
    }

    private static String url(int port) {
        return "tcp://127.0.0.1:" + port + TLS;
    }
}
