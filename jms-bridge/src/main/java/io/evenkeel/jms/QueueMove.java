// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.jms;

import static java.util.Objects.requireNonNull;

import io.evenkeel.jms.connection.Destination;
import java.util.Optional;
import org.apache.activemq.artemis.selector.filter.FilterException;
import org.apache.activemq.artemis.selector.impl.SelectorParser;

/**
 * Which messages are to go from one queue to another.
 *
 * @param name     of the move: a mark on what was moved, and what bears it is left where it is. So what is rejected again does
 *                 not go round for ever
 * @param selector of JMS; empty: all
 * @param untilMs  only what was sent to the first queue by then, in ms since the epoch by its sender's clock
 * @param newIds   true: events get another id, made of theirs and the name, so that they are no repeats of themselves
 */
public record QueueMove(String name, String from, String to, String selector, long untilMs, boolean newIds) {
    public QueueMove {
        requireNonNull(name, "name");
        requireNonNull(selector, "selector");
        Destination.queue(from);
        Destination.queue(to);
    }

    /** What is wrong with a selector, in words; empty if nothing. Does not ask a broker. */
    public static Optional<String> findFault(String selector) {
        try {
            SelectorParser.parse(selector.trim());
            return Optional.empty();
        } catch (FilterException | RuntimeException e) {
            return Optional.of(
                    String.valueOf(e.getMessage()).lines().findFirst().orElse(""));
        }
    }

    /** The selector, and what the rest of this adds. */
    String wholeSelector() {
        String mark = "'" + name.replace("'", "''") + "'";
        String own = "JMSTimestamp <= " + untilMs + " AND (" + JmsProperties.REDRIVE + " IS NULL OR "
                + JmsProperties.REDRIVE + " <> " + mark + ")";
        return selector.isBlank() ? own : "(" + selector + ") AND " + own;
    }
}
