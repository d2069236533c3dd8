// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.jms;

import static java.util.Objects.requireNonNull;

/**
 * Why a message cannot be processed. It goes to {@code <queue>.rejected} with these as properties.
 *
 * @param reason one of few codes such as {@code UNKNOWN_TYPE}; a tag of metrics, so never made from the message
 * @param field  the field at fault; empty if it is the message as a whole
 * @param detail for people
 */
public record Refusal(String reason, String field, String detail) {
    /** The message names no type, and its receiver has no default. */
    public static final String NO_TYPE = "NO_TYPE";
    /** The catalog has no event type with that name. */
    public static final String UNKNOWN_TYPE = "UNKNOWN_TYPE";
    /** A kind of JMS message that is not read, such as ObjectMessage. */
    public static final String UNSUPPORTED_MESSAGE = "UNSUPPORTED_MESSAGE";
    /** The provider gave the message no identity, so a redelivery could not be told from a new message. */
    public static final String NO_IDENTITY = "NO_IDENTITY";
    /** The event is set aside for parts of the cluster that it does not have. */
    public static final String OTHER_SHARDS = "OTHER_SHARDS";
    /** The body is not what its type asks for, in a way that the decoder has no code for. */
    public static final String UNDECODABLE = "UNDECODABLE";

    public Refusal {
        requireNonNull(reason, "reason");
        requireNonNull(field, "field");
        requireNonNull(detail, "detail");
    }

    /** A refusal of the message as a whole. */
    public static Refusal of(String reason, String detail) {
        return new Refusal(reason, "", detail);
    }
}
