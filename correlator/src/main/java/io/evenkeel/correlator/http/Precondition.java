// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.http;

import io.evenkeel.correlator.catalog.PreconditionFailedException;
import io.evenkeel.query.CatalogSnapshot;
import io.javalin.http.Context;
import io.javalin.http.Header;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** What {@code If-Match} and {@code If-None-Match} demand of a definition as it stands. */
record Precondition(@Nullable String ifMatch, @Nullable String ifNoneMatch) {

    static Precondition of(Context context) {
        return new Precondition(context.header(Header.IF_MATCH), context.header(Header.IF_NONE_MATCH));
    }

    /** @throws PreconditionFailedException if the definition is another one */
    void require(Resource resource, CatalogSnapshot base) {
        @Nullable String actual = resource.find(base) == null ? null : resource.etag(base);
        if (ifMatch != null && (actual == null || !names(ifMatch, actual))) {
            throw new PreconditionFailedException("Expected " + resource.title() + " as of " + ifMatch + ", but "
                    + (actual == null ? "it does not exist" : "it is " + actual) + ". Read it again and decide again.");
        }
        if (ifNoneMatch != null && actual != null && names(ifNoneMatch, actual)) {
            throw new PreconditionFailedException(
                    "Expected " + resource.title() + " not to be there, but it is " + actual + ".");
        }
    }

    /** True if {@code If-Match} names what is there. @param actual its ETag; null: nothing is there */
    boolean isMatchedBy(@Nullable String actual) {
        return ifMatch != null && actual != null && names(ifMatch, actual);
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
