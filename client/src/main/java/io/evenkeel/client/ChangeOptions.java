// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.client;

import static java.util.Objects.requireNonNull;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * On which conditions a change is made.
 *
 * @param ifMatch   only if the definition still has this ETag
 * @param create    only if the definition is not there yet
 * @param cascade   a deletion takes along all that uses it
 * @param changeKey names the change: a repeat with the same key, by any client and on any node, is made once. Null: a new one
 *                  for each call, under which the client itself repeats it
 */
public record ChangeOptions(
        @Nullable String ifMatch,
        boolean create,
        boolean cascade,
        @Nullable String changeKey) {
    /** No conditions. */
    public static final ChangeOptions NONE = new ChangeOptions(null, false, false, null);

    public static ChangeOptions ifMatch(String etag) {
        return new ChangeOptions(requireNonNull(etag, "etag"), false, false, null);
    }

    public static ChangeOptions createOnly() {
        return new ChangeOptions(null, true, false, null);
    }

    public static ChangeOptions cascading() {
        return new ChangeOptions(null, false, true, null);
    }

    public static ChangeOptions key(String key) {
        return NONE.withKey(key);
    }

    public ChangeOptions withKey(String key) {
        return new ChangeOptions(ifMatch, create, cascade, requireNonNull(key, "key"));
    }

    Map<String, String> headers() {
        Map<String, String> headers = new LinkedHashMap<>();
        if (ifMatch != null) {
            headers.put("If-Match", ifMatch);
        }
        if (create) {
            headers.put("If-None-Match", "*");
        }
        if (changeKey != null) {
            headers.put(Call.KEY, changeKey);
        }
        return headers;
    }
}
