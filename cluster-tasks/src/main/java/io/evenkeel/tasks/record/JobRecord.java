// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.tasks.record;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

/**
 * A job as it was submitted.
 *
 * @param key         it runs where the shard of this key is; empty: anywhere
 * @param attempts    how often it may fail, its node's death included; raised by each retry
 * @param cancelled   true: it is to end
 * @param revision    counts changes from 1
 * @param submittedMs ms since the epoch
 * @param changedMs   ms since the epoch
 */
public record JobRecord(
        String id,
        String kind,
        JsonNode settings,
        List<String> key,
        int attempts,
        boolean cancelled,
        long revision,
        long submittedMs,
        long changedMs) {
    private static final String PREFIX = "job/";

    public JobRecord {
        requireNonNull(id, "id");
        requireNonNull(kind, "kind");
        requireNonNull(settings, "settings");
        key = List.copyOf(key);
    }

    public static String prefix() {
        return PREFIX;
    }

    public static String keyOf(String id) {
        return PREFIX + id;
    }

    public JobRecord asCancelled(long now) {
        return new JobRecord(id, kind, settings, key, attempts, true, revision + 1, submittedMs, now);
    }

    /** It may fail as often again. */
    public JobRecord withAttempts(int most, long now) {
        return new JobRecord(id, kind, settings, key, most, false, revision + 1, submittedMs, now);
    }
}
