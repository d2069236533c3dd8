// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Stream;
import org.apache.activemq.artemis.core.config.Configuration;
import org.apache.activemq.artemis.core.config.ha.PrimaryOnlyPolicyConfiguration;
import org.apache.activemq.artemis.core.config.ha.SharedStoreBackupPolicyConfiguration;
import org.apache.activemq.artemis.core.config.ha.SharedStorePrimaryPolicyConfiguration;
import org.apache.activemq.artemis.core.deployers.impl.FileConfigurationParser;
import org.apache.activemq.artemis.utils.DefaultSensitiveStringCodec;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BrokerFilesTest {

    private static final BrokerAddress FIRST = new BrokerAddress("127.0.0.1", 61616);
    private static final BrokerAddress SECOND = new BrokerAddress("standby.example.org", 61617);

    @TempDir
    private Path temporary;

    private Path folder;

    @BeforeEach
    void choose() {
        folder = temporary.resolve("broker files");
    }

    @Test
    @DisplayName("one broker: every promised setting, one acceptor, a store beside its folder, no pair")
    void shouldWriteOneBroker() throws Exception {
        WrittenBroker written = BrokerFiles.write(BrokerFilesPlan.of(folder, FIRST), Map.of());

        Configuration broker = read("broker");
        Configuration embedded = BrokerConfiguration.of(BrokerSettings.of(folder.resolve("data")));
        assertThat(broker.getAddressSettings()).isEqualTo(embedded.getAddressSettings());
        assertThat(broker.getSecurityRoles()).isEqualTo(embedded.getSecurityRoles());
        assertThat(broker.getConnectionTTLOverride()).isEqualTo(embedded.getConnectionTTLOverride());
        assertThat(broker.getAcceptorConfigurations()).hasSize(1);
        assertThat(broker.getJournalDirectory()).isEqualTo("../data/journal");
        assertThat(broker.getHAPolicyConfiguration()).isInstanceOf(PrimaryOnlyPolicyConfiguration.class);
        assertThat(written.starts()).containsExactly(folder.resolve("broker/bin/start"));
        assertThat(written.starts().get(0)).isExecutable();
        assertThat(written.url()).isEqualTo("tcp://127.0.0.1:61616");
    }

    @Test
    @DisplayName("a pair: one store, each hands over when it is told to stop, and who serves goes on serving")
    void shouldWritePair() throws Exception {
        WrittenBroker written =
                BrokerFiles.write(BrokerFilesPlan.of(folder, FIRST).withBackup(SECOND), Map.of());

        Configuration primary = read("primary");
        Configuration backup = read("backup");
        assertThat(primary.getJournalDirectory()).isEqualTo(backup.getJournalDirectory());
        assertThat(primary.getHAPolicyConfiguration())
                .isInstanceOfSatisfying(
                        SharedStorePrimaryPolicyConfiguration.class,
                        policy ->
                                assertThat(policy.isFailoverOnServerShutdown()).isTrue());
        assertThat(backup.getHAPolicyConfiguration())
                .isInstanceOfSatisfying(SharedStoreBackupPolicyConfiguration.class, policy -> {
                    assertThat(policy.isFailoverOnServerShutdown()).isTrue();
                    assertThat(policy.isAllowFailBack()).isFalse();
                });
        assertThat(written.starts())
                .containsExactly(folder.resolve("primary/bin/start"), folder.resolve("backup/bin/start"));
        assertThat(written.url()).isEqualTo("(tcp://127.0.0.1:61616,tcp://standby.example.org:61617)?ha=true");
        assertThat(folder.resolve("compose.yaml"))
                .content()
                .contains("ports: [\"127.0.0.1:61616:61616\"]", "ports: [\"61617:61617\"]", "/broker/backup/bin/start")
                .containsOnlyOnce("depends_on: [primary]")
                .contains("EVENKEEL_HEAP:", "EVENKEEL_JAVA_OPTS:")
                .doesNotContain(password());
    }

    @Test
    @DisplayName("the password is in one file, and hashed in those of the broker; all are their owner's alone")
    void shouldKeepSecrets() throws Exception {
        BrokerFiles.write(BrokerFilesPlan.of(folder, FIRST).withTls(BrokerTls.selfSigned()), Map.of());

        Properties users = new Properties();
        try (InputStream file = Files.newInputStream(folder.resolve("broker/etc/users.properties"))) {
            users.load(file);
        }
        String hash = users.getProperty(BrokerSettings.USER).replaceAll("ENC\\((.*)\\)", "$1");
        assertThat(codec().verify(password().toCharArray(), hash)).isTrue();
        assertThat(codec().verify("guess".toCharArray(), hash)).isFalse();
        try (Stream<Path> all = Files.walk(folder)) {
            assertThat(all.filter(Files::isRegularFile)
                            .filter(file -> !List.of("compose.yaml", "trust.p12", "broker.crt")
                                    .contains(file.getFileName().toString())))
                    .isNotEmpty()
                    .allSatisfy(file -> assertThat(Files.getPosixFilePermissions(file))
                            .doesNotContain(PosixFilePermission.GROUP_READ, PosixFilePermission.OTHERS_READ));
        }
    }

    @Test
    @DisplayName("a second run keeps password, key store and data, and writes the settings anew")
    void shouldKeepWhatCannotBeMadeAgain() throws Exception {
        BrokerFilesPlan plan = BrokerFilesPlan.of(folder, FIRST).withTls(BrokerTls.selfSigned());
        BrokerFiles.write(plan, Map.of());
        String password = password();
        byte[] keyStore = Files.readAllBytes(folder.resolve("tls/broker.p12"));
        String xml = Files.readString(folder.resolve("broker/etc/broker.xml"));
        Files.writeString(folder.resolve("broker/etc/broker.xml"), "spoilt");
        Files.writeString(folder.resolve("data/journal"), "messages");

        BrokerFiles.write(plan, Map.of());

        assertThat(password()).isEqualTo(password);
        assertThat(folder.resolve("tls/broker.p12")).hasBinaryContent(keyStore);
        assertThat(folder.resolve("broker/etc/broker.xml")).hasContent(xml);
        assertThat(folder.resolve("data/journal")).hasContent("messages");
    }

    @Test
    @DisplayName(
            "TLS: a certificate for the hosts of both, a trust store that has it, and the parameters on both sides")
    void shouldWriteTls() throws Exception {
        WrittenBroker written = BrokerFiles.write(
                BrokerFilesPlan.of(folder, FIRST).withBackup(SECOND).withTls(BrokerTls.selfSigned()), Map.of());

        KeyStore trust = KeyStore.getInstance(folder.resolve("tls/trust.p12").toFile(), "evenkeel".toCharArray());
        var certificate = (X509Certificate) trust.getCertificate("evenkeel-broker");
        assertThat(certificate.getSubjectAlternativeNames().stream()
                        .map(name -> name.get(1).toString()))
                .contains("127.0.0.1", "standby.example.org", "localhost", "primary", "backup");
        assertThat(written.url())
                .contains("?ha=true&sslEnabled=true&trustStorePath=/")
                .contains("/broker%20files/tls/trust.p12&");
        var acceptor = read("backup").getAcceptorConfigurations().iterator().next();
        assertThat(acceptor.getParams())
                .containsEntry("sslEnabled", "true")
                .containsEntry("keyStorePath", "../tls/broker.p12")
                .containsEntry(
                        "keyStorePassword",
                        Files.readString(folder.resolve("tls/password")).strip());
    }

    @Test
    @DisplayName("a key store of the user's is copied; one without a key, or with another password, is refused by name")
    void shouldTakeKeyStore() throws Exception {
        BrokerFiles.write(BrokerFilesPlan.of(folder, FIRST).withTls(BrokerTls.selfSigned()), Map.of());
        Path mine = folder.resolve("tls/broker.p12");
        Path secret = folder.resolve("tls/password");
        Path other = temporary.resolve("other");

        WrittenBroker written =
                BrokerFiles.write(BrokerFilesPlan.of(other, FIRST).withTls(BrokerTls.of(mine, secret)), Map.of());

        assertThat(other.resolve("tls/broker.p12")).hasSameBinaryContentAs(mine);
        assertThat(written.url()).isEqualTo("tcp://127.0.0.1:61616?sslEnabled=true");
        Path wrong = Files.writeString(temporary.resolve("wrong"), "another\n");
        assertThatThrownBy(() -> BrokerFiles.write(
                        BrokerFilesPlan.of(other, FIRST).withTls(BrokerTls.of(mine, wrong)), Map.of()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("broker.p12");
        Path trustPassword = Files.writeString(temporary.resolve("trust"), "evenkeel");
        assertThatThrownBy(() -> BrokerFiles.write(
                        BrokerFilesPlan.of(other, FIRST)
                                .withTls(BrokerTls.of(folder.resolve("tls/trust.p12"), trustPassword)),
                        Map.of()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("private key");
    }

    @Test
    @DisplayName("a host that would mean something to a shell or to XML, and a pair at one address, are refused")
    void shouldRefuseNonsense() {
        assertThatThrownBy(() -> new BrokerAddress("a\"; rm", 61616)).hasMessageContaining("a\"; rm");
        assertThatThrownBy(() -> new BrokerAddress("a", 0)).hasMessageContaining("it is 0");
        assertThatThrownBy(() -> BrokerFilesPlan.of(folder, FIRST).withBackup(FIRST))
                .hasMessageContaining("tcp://127.0.0.1:61616");
    }

    private String password() throws IOException {
        return Files.readString(folder.resolve("password")).strip();
    }

    private Configuration read(String broker) throws Exception {
        byte[] xml = Files.readAllBytes(folder.resolve(broker).resolve("etc/broker.xml"));
        return new FileConfigurationParser().parseMainConfig(new ByteArrayInputStream(xml));
    }

    private static DefaultSensitiveStringCodec codec() throws Exception {
        DefaultSensitiveStringCodec codec = new DefaultSensitiveStringCodec();
        codec.init(Map.of(DefaultSensitiveStringCodec.ALGORITHM, DefaultSensitiveStringCodec.ONE_WAY));
        return codec;
    }
}
