// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.http;

import io.evenkeel.correlator.catalog.PreconditionFailedException;
import io.evenkeel.query.CatalogSnapshot;
import io.javalin.http.Context;
import io.javalin.http.Header;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** What {@code If-Match} and {@code If-None-Match} demand of a definition, or of a task, as it stands. */
record Precondition(@Nullable String ifMatch, @Nullable String ifNoneMatch) {

    static Precondition of(Context context) {
        return new Precondition(context.header(Header.IF_MATCH), context.header(Header.IF_NONE_MATCH));
    }

    /** @throws PreconditionFailedException if the definition is another one */
    void require(Resource resource, CatalogSnapshot base) {
        require(resource.title(), resource.find(base) == null ? null : resource.etag(base));
    }

    /**
     * @param title  such as {@code query peak}
     * @param actual ETag of what is there; null: nothing is
     * @throws PreconditionFailedException if that is not what is demanded
     */
    void require(String title, @Nullable String actual) {
        if (ifMatch != null && (actual == null || !names(ifMatch, actual))) {
            throw new PreconditionFailedException("Expected " + title + " as of " + ifMatch + ", but "
                    + (actual == null ? "it does not exist" : "it is " + actual) + ". Read it again and decide again.");
        }
        if (actual != null && unchanged(actual)) {
            throw new PreconditionFailedException("Expected " + title + " not to be there, but it is " + actual + ".");
        }
    }

    /** True if a reader has this already. */
    boolean unchanged(String actual) {
        return ifNoneMatch != null && names(ifNoneMatch, actual);
    }

    private static boolean names(String header, String actual) {
        return header.strip().equals("*")
                || Arrays.stream(header.split(",")).map(String::strip).anyMatch(actual::equals);
    }
}
