// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.http;

import io.evenkeel.correlator.catalog.ChangeOutcome;
import io.evenkeel.correlator.catalog.ChangeRequest;
import io.evenkeel.correlator.catalog.Sha256;
import io.javalin.http.Context;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** How requests name their changes, and answers name what became of them. */
final class ChangeHeaders {
    static final String IDEMPOTENCY_KEY = "Idempotency-Key";
    /** Id under which the outcome can be asked for. */
    static final String CHANGE = "Evenkeel-Change";
    /** Revision of the catalog at which the change is in force. */
    static final String REVISION = "Evenkeel-Revision";
    /** Present if the change was made by an earlier request with the same key. */
    static final String REPEATED = "Evenkeel-Repeated";

    private static final int LONGEST_KEY = 255;
    private static final int ID_LENGTH = 32;

    private ChangeHeaders() {}

    /** The same key gives the same id on every node; without a key the id is new. */
    static ChangeRequest request(Context context, ChangeRequest.Proposal proposal) {
        @Nullable String key = context.header(IDEMPOTENCY_KEY);
        if (key == null) {
            String id = UUID.randomUUID().toString();
            return new ChangeRequest(id, id, proposal);
        }
        if (key.isBlank() || key.length() > LONGEST_KEY) {
            throw new ProblemException(
                    ProblemCode.BAD_REQUEST,
                    "Expected " + IDEMPOTENCY_KEY + " to have 1 to " + LONGEST_KEY + " characters, but it has "
                            + key.strip().length() + ".");
        }
        String content = context.method() + " " + context.path() + "?" + context.queryString() + "\n"
                + context.header("If-Match") + "\n" + context.header("If-None-Match") + "\n" + context.contentType();
        return new ChangeRequest(
                hash(key.getBytes(StandardCharsets.UTF_8), new byte[0]),
                hash(content.getBytes(StandardCharsets.UTF_8), context.bodyAsBytes()),
                proposal);
    }

    static void tell(Context context, ChangeOutcome outcome) {
        context.header(CHANGE, outcome.record().id());
        context.header(REVISION, Long.toString(outcome.record().revision()));
        if (outcome.repeated()) {
            context.header(REPEATED, "true");
        }
    }

    /** The first half of the SHA-256 of both parts. */
    static String hash(byte[] first, byte[] second) {
        return Sha256.hex(first, second).substring(0, ID_LENGTH);
    }
}
