// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.broker;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.activemq.artemis.utils.DefaultSensitiveStringCodec;

/** The folder of one broker: what Artemis calls an instance, with nothing in it that we do not need. */
final class BrokerFolder {

    /** Where to listen, if that is not the host that clients have; {@code bin/start} sets it from the environment. */
    static final String BIND_PROPERTY = "evenkeel.broker.bind";

    private static final List<String> AS_THEY_ARE =
            List.of("bootstrap.xml", "login.config", "management.xml", "log4j2.properties");

    private final Path folder;

    BrokerFolder(Path folder) {
        this.folder = folder;
    }

    void write(String brokerXml, BrokerPassword password) throws IOException {
        Path etc = folder.resolve("etc");
        Path bin = folder.resolve("bin");
        OwnerOnly.folder(etc);
        OwnerOnly.folder(bin);
        for (String name : AS_THEY_ARE) {
            OwnerOnly.replace(etc.resolve(name), template(name));
        }
        OwnerOnly.replace(etc.resolve("broker.xml"), brokerXml);
        OwnerOnly.replace(
                etc.resolve("users.properties"),
                "# name = password, as `artemis mask --hash` writes it; read again when it changes.%n%s = ENC(%s)%n"
                        .formatted(BrokerSettings.USER, hash(password.value())));
        OwnerOnly.replace(
                etc.resolve("roles.properties"),
                "# role = names; broker.xml says what a role may do. Read again when it changes.%n%s = %s%n"
                        .formatted(BrokerSettings.ROLE, BrokerSettings.USER));
        Path start = bin.resolve("start");
        OwnerOnly.replace(start, template("start"));
        if (!start.toFile().setExecutable(true, true)) {
            throw new IOException("Expected to make %s executable, but could not.".formatted(start));
        }
    }

    /** With a new salt each time, as the distribution does it. */
    private static String hash(String password) throws IOException {
        DefaultSensitiveStringCodec codec = new DefaultSensitiveStringCodec();
        try {
            codec.init(Map.of(DefaultSensitiveStringCodec.ALGORITHM, DefaultSensitiveStringCodec.ONE_WAY));
            return codec.encode(password);
        } catch (Exception e) { // it is declared so
            throw new IOException("Expected to hash the password, but that failed. error=" + e.getMessage(), e);
        }
    }

    private static String template(String name) throws IOException {
        try (InputStream resource = BrokerFolder.class.getResourceAsStream("files/" + name)) {
            if (resource == null) {
                throw new IOException("Expected the template " + name + " on the class path, but it is not there.");
            }
            return new String(resource.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
