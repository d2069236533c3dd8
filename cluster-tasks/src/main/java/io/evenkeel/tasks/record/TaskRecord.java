// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.tasks.record;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import io.evenkeel.tasks.assign.Placement;
import org.jspecify.annotations.Nullable;

/**
 * A task as it is wanted.
 *
 * @param settings  as its kind understands them
 * @param failover  false: only the node that began goes on
 * @param pin       the node that it is to stay with; null: none
 * @param paused    true: nobody runs it; what it has done so far is kept
 * @param deleted   true: nobody runs it, and nobody is shown it; kept for a while, so that a node that was away does not
 *                  bring it back
 * @param born      number of its first put, ms since the epoch: a task of the same name that was deleted before has another
 * @param revision  counts changes from 1
 * @param changedMs ms since the epoch
 * @param by        who changed it last: an id of the request
 */
public record TaskRecord(
        String name,
        String kind,
        Placement placement,
        JsonNode settings,
        boolean failover,
        @Nullable String pin,
        boolean paused,
        boolean deleted,
        long born,
        long revision,
        long changedMs,
        String by) {
    private static final String PREFIX = "task/";

    public TaskRecord {
        requireNonNull(name, "name");
        requireNonNull(kind, "kind");
        requireNonNull(placement, "placement");
        requireNonNull(settings, "settings");
        requireNonNull(by, "by");
    }

    public static String prefix() {
        return PREFIX;
    }

    public static String keyOf(String name) {
        return PREFIX + name;
    }

    /** Changes with every change. */
    public String etag() {
        return "\"" + born + "-" + revision + "\"";
    }

    public TaskRecord withPin(@Nullable String node) {
        return new TaskRecord(
                name, kind, placement, settings, failover, node, paused, deleted, born, revision, changedMs, by);
    }

    public TaskRecord withPaused(boolean now) {
        return new TaskRecord(
                name, kind, placement, settings, failover, pin, now, deleted, born, revision, changedMs, by);
    }

    public TaskRecord asDeleted() {
        return new TaskRecord(
                name, kind, placement, settings, failover, pin, paused, true, born, revision, changedMs, by);
    }

    /** The next revision. */
    public TaskRecord next(long now, String request) {
        return new TaskRecord(
                name, kind, placement, settings, failover, pin, paused, deleted, born, revision + 1, now, request);
    }
}
