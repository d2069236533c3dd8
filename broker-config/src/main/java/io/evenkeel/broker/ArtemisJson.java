// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.broker;

import static java.util.Objects.requireNonNull;

import org.apache.activemq.artemis.json.JsonValue;

/**
 * Loads Artemis' JSON classes, in one thread. Their static initialisers need each other: two threads that are the first to
 * use two of them wait for each other for ever, and so does everybody who comes after them.
 */
final class ArtemisJson {
    static {
        requireNonNull(JsonValue.NULL, "null of Artemis' JSON");
    }

    private ArtemisJson() {}

    /** They are loaded when this returns. Any thread. */
    static void load() {}
}
