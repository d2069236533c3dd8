// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.catalog;

import static java.util.Objects.requireNonNull;

import org.jspecify.annotations.Nullable;

/**
 * What one node asks another.
 *
 * @param change   id of the change; empty if it is about none
 * @param attempt  see {@link ChangeRecord}
 * @param revision of the catalog that it is about
 * @param catalog  the proposed one; only for {@link Kind#PREPARE}
 */
public record Question(Kind kind, String change, int attempt, long revision, byte @Nullable [] catalog) {

    /** What is asked. */
    public enum Kind {
        /** Could you run this catalog? */
        PREPARE,
        /** What did you say to that change? */
        PREPARED,
        /** Run this revision, or a later one. */
        APPLY,
        /** Which catalog have you kept? */
        KEPT
    }

    public Question {
        requireNonNull(kind, "kind");
        requireNonNull(change, "change");
    }

    static Question prepare(OpenChange change, CatalogBytes next) {
        return new Question(Kind.PREPARE, change.id(), change.attempt(), next.revision(), next.bytes());
    }

    static Question prepared(OpenChange change) {
        return new Question(Kind.PREPARED, change.id(), change.attempt(), change.last(), null);
    }

    static Question apply(long revision) {
        return new Question(Kind.APPLY, "", 0, revision, null);
    }

    static Question kept() {
        return new Question(Kind.KEPT, "", 0, 0, null);
    }
}
