// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.broker;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Writes all that the distribution of Apache Artemis needs to run a broker, or a pair of them, with every {@link
 * PromisedSetting}:
 *
 * <pre>
 * FOLDER/password          of the user evenkeel, for clients
 *        data/             the store, which both of a pair work on
 *        tls/              key store of the brokers, trust store for clients
 *        broker/           or primary/ and backup/: etc/ with the configuration, bin/start
 *        compose.yaml      the same in containers
 * </pre>
 *
 * <p>Nothing in it names the folder that it is in: it may be moved, or be mounted into a container. A second run keeps
 * password, key store and data, and writes the rest anew.
 */
public final class BrokerFiles {

    private static final String STORE = "../data";

    private final BrokerFilesPlan plan;

    private BrokerFiles(BrokerFilesPlan plan) {
        this.plan = plan;
    }

    /**
     * Write them.
     *
     * @param environment may name the password, as for {@code ./evenkeel broker}
     * @return how to start and to reach what was written
     * @throws IOException if a file cannot be read or written, or a certificate not be made
     */
    public static WrittenBroker write(BrokerFilesPlan plan, Map<String, String> environment) throws IOException {
        return new BrokerFiles(plan).write(environment);
    }

    private WrittenBroker write(Map<String, String> environment) throws IOException {
        Path folder = plan.folder();
        OwnerOnly.folder(folder);
        OwnerOnly.folder(folder.resolve("data"));
        BrokerPassword password = BrokerPassword.resolve(environment, folder.resolve("password"));
        TlsFiles tls = plan.tls() == null ? null : TlsFiles.write(folder.resolve("tls"), plan.tls(), hosts());
        for (Map.Entry<BrokerPart, BrokerAddress> broker : plan.brokers().entrySet()) {
            Path own = folder.resolve(broker.getKey().folder());
            new BrokerFolder(own).write(xml(broker.getKey(), broker.getValue(), tls), password);
        }
        Files.writeString(folder.resolve("compose.yaml"), ComposeFile.render(plan, folder), StandardCharsets.UTF_8);
        return new WrittenBroker(
                plan.brokers().keySet().stream()
                        .map(part ->
                                folder.resolve(part.folder()).resolve("bin").resolve("start"))
                        .toList(),
                url(tls),
                password.source());
    }

    private List<String> hosts() {
        return plan.brokers().values().stream()
                .map(BrokerAddress::host)
                .distinct()
                .toList();
    }

    private String xml(BrokerPart part, BrokerAddress address, @Nullable TlsFiles tls) {
        BrokerSettings settings = BrokerSettings.of(plan.folder().resolve("data"))
                .withPort(address.port())
                .withExclusive(plan.exclusive().toArray(String[]::new));
        return BrokerXml.render(
                settings,
                new BrokerXmlShape(
                        STORE,
                        "${%s:%s}".formatted(BrokerFolder.BIND_PROPERTY, address.host()),
                        tls == null ? "" : tls.acceptorParameters(),
                        part));
    }

    private String url(@Nullable TlsFiles tls) {
        String urls = plan.brokers().values().stream().map(BrokerAddress::url).collect(Collectors.joining(","));
        String parameters = tls == null ? "" : tls.clientParameters();
        return plan.backup() == null
                ? urls + (parameters.isEmpty() ? "" : "?" + parameters)
                : "(" + urls + ")?ha=true" + (parameters.isEmpty() ? "" : "&" + parameters);
    }
}
