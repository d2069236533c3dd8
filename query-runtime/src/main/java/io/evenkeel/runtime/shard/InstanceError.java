// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.shard;

import static java.util.Objects.requireNonNull;

import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * That an instance threw, or took too long.
 *
 * @param cause        message id of the event at which it threw, or of what made its timer fire
 * @param exception    class of the exception; {@link #ORDER} if it threw nothing
 * @param stack        where it was thrown, cut
 * @param event        what it was shown, cut; empty if it was a timer
 * @param engineTimeMs in the query's time, ms since the epoch
 */
public record InstanceError(
        String cause, String exception, String message, String stack, String event, long engineTimeMs) {
    /** Stands for the class of the exception where somebody gave an order instead. */
    public static final String ORDER = "order";

    private static final int MOST_STACK = 3_000;
    private static final int MOST_EVENT = 1_000;

    public InstanceError {
        requireNonNull(cause, "cause");
        requireNonNull(exception, "exception");
        requireNonNull(message, "message");
        requireNonNull(stack, "stack");
        requireNonNull(event, "event");
    }

    static InstanceError of(String cause, Throwable failure, String event, long engineTimeMs) {
        Throwable root = failure;
        while (root.getCause() != null && root.getCause() != root) {
            root = root.getCause();
        }
        String stack = Arrays.stream(root.getStackTrace()).map(String::valueOf).collect(Collectors.joining("\n"));
        return new InstanceError(
                cause,
                root.getClass().getName(),
                String.valueOf(root.getMessage()),
                cut(stack, MOST_STACK),
                cut(event, MOST_EVENT),
                engineTimeMs);
    }

    static InstanceError ordered(Cause.OrderCause order) {
        return new InstanceError(order.messageId(), ORDER, cut(order.reason(), MOST_EVENT), "", "", order.ingressMs());
    }

    private static String cut(String text, int most) {
        return text.length() <= most ? text : text.substring(0, most) + "...";
    }
}
