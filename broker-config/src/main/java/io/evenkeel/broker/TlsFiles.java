// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.broker;

import io.evenkeel.broker.BrokerTls.KeyStoreFile;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Key store and trust store of a broker, or of both of a pair.
 *
 * @param keyStorePassword of {@code broker.p12}
 * @param trustStore       for clients; null if the user brought a key store along, and knows who trusts its certificate
 */
record TlsFiles(String keyStorePassword, @Nullable Path trustStore) {

    /** A trust store holds a public certificate; Java wants a password for it all the same. */
    private static final String TRUST_STORE_PASSWORD = "evenkeel";

    private static final String KEY_STORE = "broker.p12";
    private static final String TRUST_STORE = "trust.p12";
    private static final String ALIAS = "evenkeel-broker";
    private static final String VALID_DAYS = "3650";
    private static final String PASSWORD_VARIABLE = "EVENKEEL_KEY_STORE_PASSWORD";

    /** Write what is not there yet. @param hosts that the certificate is for, beside loopback and the names in compose.yaml */
    static TlsFiles write(Path folder, BrokerTls tls, List<String> hosts) throws IOException {
        OwnerOnly.folder(folder);
        KeyStoreFile source = tls.source();
        return source == null ? selfSigned(folder, hosts) : copy(folder, source);
    }

    private static TlsFiles copy(Path folder, KeyStoreFile source) throws IOException {
        String password =
                Files.readString(source.passwordFile(), StandardCharsets.UTF_8).stripTrailing();
        // First: a backup opens what is there when it takes over, and finds out then.
        KeyStoreCheck.privateKeyIn(source.keyStore(), password);
        Path keyStore = folder.resolve(KEY_STORE);
        byte[] content = Files.readAllBytes(source.keyStore());
        Files.deleteIfExists(keyStore);
        OwnerOnly.create(keyStore, content);
        OwnerOnly.replace(folder.resolve("password"), password + "\n");
        return new TlsFiles(password, null);
    }

    private static TlsFiles selfSigned(Path folder, List<String> hosts) throws IOException {
        Path keyStore = folder.resolve(KEY_STORE);
        Path trustStore = folder.resolve(TRUST_STORE);
        Path passwordFile = folder.resolve("password");
        if (Files.exists(keyStore)) {
            String password =
                    Files.readString(passwordFile, StandardCharsets.UTF_8).stripTrailing();
            KeyStoreCheck.privateKeyIn(keyStore, password);
            return new TlsFiles(password, Files.exists(trustStore) ? trustStore : null);
        }
        String password = OwnerOnly.randomPassword();
        OwnerOnly.replace(passwordFile, password + "\n");
        Path certificate = folder.resolve("broker.crt");
        keytool(
                password,
                "-genkeypair",
                "-keyalg",
                "RSA",
                "-keysize",
                "3072",
                "-validity",
                VALID_DAYS,
                "-dname",
                "CN=" + ALIAS,
                "-ext",
                "san=" + names(hosts),
                "-storetype",
                "PKCS12",
                "-keystore",
                keyStore.toString());
        // keytool makes it as readable as any file; the folder is the owner's alone, so nobody was quicker.
        byte[] made = Files.readAllBytes(keyStore);
        Files.delete(keyStore);
        OwnerOnly.create(keyStore, made);
        keytool(password, "-exportcert", "-rfc", "-keystore", keyStore.toString(), "-file", certificate.toString());
        Files.deleteIfExists(trustStore);
        keytool(
                TRUST_STORE_PASSWORD,
                "-importcert",
                "-noprompt",
                "-storetype",
                "PKCS12",
                "-keystore",
                trustStore.toString(),
                "-file",
                certificate.toString());
        return new TlsFiles(password, trustStore);
    }

    /** Clients compare the host that they connect to with these. */
    private static String names(List<String> hosts) {
        Set<String> all = new LinkedHashSet<>(hosts);
        all.addAll(List.of("localhost", "127.0.0.1"));
        Arrays.stream(BrokerPart.values()).map(BrokerPart::folder).forEach(all::add);
        return all.stream()
                .map(host -> (host.matches("[0-9.]+|\\[.*]") ? "ip:" : "dns:") + host.replaceAll("[\\[\\]]", ""))
                .collect(Collectors.joining(","));
    }

    private static void keytool(String password, String... words) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
        command.addAll(List.of(words));
        // By the environment: what stands on a command line can be read by everybody on the machine.
        command.addAll(List.of("-alias", ALIAS, "-storepass:env", PASSWORD_VARIABLE));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put(PASSWORD_VARIABLE, password);
        Process process = builder.start();
        try {
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            int exit = process.waitFor();
            if (exit != 0) {
                throw new IOException(
                        "Expected keytool to do %s, but it ended with %d: %s".formatted(words[0], exit, said.strip()));
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            throw new IOException("Interrupted while keytool did " + words[0], e);
        }
    }

    /** Relative to the folder of a broker, in which {@code bin/start} starts it. */
    String acceptorParameters() {
        return ";sslEnabled=true;keyStoreType=PKCS12;keyStorePath=../tls/%s;keyStorePassword=%s"
                .formatted(KEY_STORE, keyStorePassword);
    }

    String clientParameters() {
        return trustStore == null
                ? "sslEnabled=true"
                : "sslEnabled=true&trustStorePath=%s&trustStorePassword=%s"
                        .formatted(inUrl(trustStore), TRUST_STORE_PASSWORD);
    }

    private static String inUrl(Path file) {
        return URLEncoder.encode(file.toString(), StandardCharsets.UTF_8)
                .replace("+", "%20")
                .replace("%2F", "/");
    }
}
