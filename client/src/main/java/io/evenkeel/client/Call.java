// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.client;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A request, before it is known which node gets it.
 *
 * @param path    with its query, without host
 * @param kind    what its repetition means
 * @param headers content type among them
 */
record Call(String method, String path, Kind kind, @Nullable String body, Map<String, String> headers) {
    static final String YAML = "application/yaml";
    static final String JSON = "application/json";
    static final String KEY = "Idempotency-Key";

    enum Kind {
        /** Changes nothing: it is repeated. */
        READ,
        /** Carries a key: it is repeated, and made once. */
        CHANGE,
        /** Has no key: it is repeated only if it has certainly not been heard. */
        ORDER
    }

    Call {
        headers = Map.copyOf(headers);
    }

    static Call read(String path, boolean latest) {
        return new Call("GET", path, Kind.READ, null, latest ? Map.of("Cache-Control", "no-cache") : Map.of());
    }

    /** A change with the key of its options, or a new one. */
    static Call change(String method, String path, @Nullable String body, String type, ChangeOptions options) {
        Map<String, String> headers = new LinkedHashMap<>(options.headers());
        headers.putIfAbsent(KEY, UUID.randomUUID().toString());
        if (body != null) {
            headers.put("Content-Type", type);
        }
        return new Call(method, path, Kind.CHANGE, body, headers);
    }

    static Call check(String body) {
        return new Call("POST", "/api/v1/queries:check", Kind.READ, body, Map.of("Content-Type", YAML));
    }

    static Call order(String path) {
        return new Call("POST", path, Kind.ORDER, null, Map.of());
    }
}
