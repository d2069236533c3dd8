// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.guarantee;

import static java.util.Objects.requireNonNull;

/**
 * Something that weakens a promise. The components are the names in the API's JSON.
 *
 * @param node    that found it
 * @param subject what it is about: a configuration key, a query, a setting of the broker
 * @param found   what is there
 * @param promise that breaks, beginning with its ids where it has some
 * @param loses   true if events or matches may be lost or doubled; false if only order, time or comfort suffers
 */
public record Weakness(
        Weakening name, String node, String subject, String found, String promise, String remedy, boolean loses) {
    public Weakness {
        requireNonNull(name, "name");
        requireNonNull(node, "node");
        requireNonNull(subject, "subject");
        requireNonNull(found, "found");
        requireNonNull(promise, "promise");
        requireNonNull(remedy, "remedy");
    }

    /** On one line, for people. */
    public String text() {
        return name + " on " + node + ": " + subject + " is " + found + ". " + promise + ". " + remedy;
    }
}
