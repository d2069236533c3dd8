// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.client;

import static java.util.Objects.requireNonNull;

/**
 * A single definition was put or deleted, and every live node runs that.
 *
 * @param change   id, under which the outcome can be asked for
 * @param revision of the catalog at which it is in force
 * @param created  true if it was not there before
 * @param repeated true if it was made by an earlier request with the same key
 * @param etag     of what was put; empty after a deletion
 */
public record Done(String change, long revision, boolean created, boolean repeated, String etag) {
    public Done {
        requireNonNull(change, "change");
        requireNonNull(etag, "etag");
    }

    static Done of(Answer answer) {
        String revision = answer.header("Evenkeel-Revision");
        return new Done(
                answer.header("Evenkeel-Change"),
                revision.isEmpty() ? 0 : Long.parseLong(revision),
                answer.status() == 201,
                answer.header("Evenkeel-Repeated").equals("true"),
                answer.header("ETag"));
    }
}
