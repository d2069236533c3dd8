// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.broker;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Collections;

/** Looks into a key store before a broker does, which would say less and later. */
final class KeyStoreCheck {

    private KeyStoreCheck() {}

    /** @throws IOException if the file is no key store, the password is not its, or it has no private key */
    static void privateKeyIn(Path file, String password) throws IOException {
        // It becomes a value in a URL.
        if (!password.matches("[A-Za-z0-9._~-]{6,}")) {
            throw new IOException(
                    "Expected a key store with a password of six or more of A-Z a-z 0-9 . _ ~ -, but that of %s has others."
                            .formatted(file));
        }
        try {
            KeyStore store = KeyStore.getInstance(file.toFile(), password.toCharArray());
            for (String alias : Collections.list(store.aliases())) {
                if (store.isKeyEntry(alias)) {
                    return;
                }
            }
        } catch (GeneralSecurityException | IOException e) {
            throw new IOException(
                    "Expected a PKCS12 key store and its password, but cannot read %s. error=%s"
                            .formatted(file, e.getMessage()),
                    e);
        }
        throw new IOException(
                "Expected a private key with its certificate in %s, but there is none. Is it a trust store?"
                        .formatted(file));
    }
}
