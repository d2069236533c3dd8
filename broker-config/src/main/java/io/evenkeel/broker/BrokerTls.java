// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.broker;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Where brokers have their certificate from.
 *
 * @param source null: make one that is signed by itself
 */
public record BrokerTls(@Nullable KeyStoreFile source) {

    /**
     * A key store of the user's own.
     *
     * @param keyStore     PKCS12, with the private key, and the certificate for the hosts of all brokers
     * @param passwordFile holds its password, and a line's end if it must
     */
    public record KeyStoreFile(Path keyStore, Path passwordFile) {
        public KeyStoreFile {
            requireNonNull(keyStore, "keyStore");
            requireNonNull(passwordFile, "passwordFile");
        }
    }

    /** A new certificate, signed by itself, with a trust store for clients. */
    public static BrokerTls selfSigned() {
        return new BrokerTls(null);
    }

    /** The user's. */
    public static BrokerTls of(Path keyStore, Path passwordFile) {
        return new BrokerTls(new KeyStoreFile(keyStore, passwordFile));
    }
}
