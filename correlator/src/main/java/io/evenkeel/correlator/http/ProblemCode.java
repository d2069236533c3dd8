// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.http;

/** Why a request failed, for programs. Stable: clients decide by it. */
enum ProblemCode {
    UNREADABLE(400, "The body cannot be read"),
    BAD_REQUEST(400, "The request is wrong"),
    NOT_FOUND(404, "There is no such thing"),
    METHOD_NOT_ALLOWED(405, "The method is not allowed here"),
    CONFLICT(409, "It is not allowed as things stand"),
    PRECONDITION_FAILED(412, "It has changed in the meantime"),
    TOO_LARGE(413, "The body is too large"),
    UNSUPPORTED_MEDIA_TYPE(415, "The body is neither JSON nor YAML"),
    DEFINITION_REFUSED(422, "The definition has faults"),
    KEY_REUSED(422, "The key belongs to another change"),
    NODE_FAILED(500, "A node could not prepare the change"),
    INTERNAL(500, "The node failed"),
    UNAVAILABLE(503, "The cluster cannot do it now");

    private final int status;
    private final String title;

    ProblemCode(int status, String title) {
        this.status = status;
        this.title = title;
    }

    int status() {
        return status;
    }

    String title() {
        return title;
    }

    /** The code for a status that the server chose by itself. */
    static ProblemCode of(int status) {
        return switch (status) {
            case 404 -> NOT_FOUND;
            case 405 -> METHOD_NOT_ALLOWED;
            case 413 -> TOO_LARGE;
            default -> status < 500 ? BAD_REQUEST : INTERNAL;
        };
    }
}
