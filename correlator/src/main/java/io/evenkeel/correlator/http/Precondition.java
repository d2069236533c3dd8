// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.http;

import io.evenkeel.query.CatalogSnapshot.Versioned;
import io.javalin.http.Context;
import io.javalin.http.Header;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What {@code If-Match} and {@code If-None-Match} demand of the definition as it stands.
 *
 * <p>An ETag names version and revision: a definition that was deleted and made again has another one, although its
 * version is 1 again.
 */
record Precondition(@Nullable String ifMatch, @Nullable String ifNoneMatch) {

    static Precondition of(Context context) {
        return new Precondition(context.header(Header.IF_MATCH), context.header(Header.IF_NONE_MATCH));
    }

    static String etag(Versioned<?> definition) {
        return "\"" + definition.version() + "-" + definition.revision() + "\"";
    }

    static String etag(long revision) {
        return "\"" + revision + "\"";
    }

    boolean empty() {
        return ifMatch == null && ifNoneMatch == null;
    }

    /** @param current null: there is none */
    void require(@Nullable Versioned<?> current, String title) {
        String actual = current == null ? null : etag(current);
        if (ifMatch != null && (actual == null || !names(ifMatch, actual))) {
            throw failed("Expected " + title + " as of " + ifMatch + ", but "
                    + (actual == null ? "it does not exist" : "it is " + actual) + ". Read it again and decide again.");
        }
        if (ifNoneMatch != null && actual != null && names(ifNoneMatch, actual)) {
            throw failed("Expected " + title + " not to be there, but it is " + actual + ".");
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

    private static ProblemException failed(String detail) {
        return new ProblemException(ProblemCode.PRECONDITION_FAILED, detail);
    }
}
