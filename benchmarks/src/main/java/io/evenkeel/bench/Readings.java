// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.bench;

import io.evenkeel.query.Event;
import io.evenkeel.query.EventType;
import java.util.List;

/**
 * The events of all measurements: readings of 10,000 keys, 100 bytes of JSON each, and the query that sums them up.
 *
 * <p>Some keys are high: each reading of theirs is above the limit by itself, and those of the others never come near it
 * together. So a known share of events matches, whatever else is in the window.
 */
final class Readings {
    static final int KEYS = 10_000;
    static final String MATCHES = "totals";
    private static final int HIGH = 1_000_000;
    /** How the text of a value begins that is {@link #HIGH} and something. */
    private static final String HIGH_VALUE = "\"v\":" + HIGH / 10;

    private static final int BYTES = 100;

    /** Step from one key to the next; has no factor in common with {@link #KEYS}, so that each pass takes every key once. */
    private static final int STRIDE = 7_919;

    private static final String CATALOG = """
            event: Reading
            fields: {k: string, v: long, t: long, pad: string}
            ---
            query: totals
            inputs:
              - event: Reading
                key: [k]
                within: 10 seconds
            parameters:
              above: {type: long, minimum: 0}
            epl: |
              select k, t, sum(v) as total from Reading having sum(v) > ?:above
            output: {event: Total, to: queue:%s}
            """.formatted(MATCHES);

    private final int highKeys;

    private Readings(int highKeys) {
        this.highKeys = highKeys;
    }

    /** One event in a thousand matches. */
    static Readings rare() {
        return new Readings(KEYS / 1_000);
    }

    /** Every tenth event matches. */
    static Readings frequent() {
        return new Readings(KEYS / 10);
    }

    /** The definitions with some instances. */
    static String catalog(int instances) {
        StringBuilder text = new StringBuilder(CATALOG);
        for (int i = 0; i < instances; i++) {
            text.append("---\nquery: totals\ninstance: i%d\nparameters: {above: %d}\n".formatted(i, HIGH / 2 + i));
        }
        return text.toString();
    }

    static String key(long number) {
        return "key-" + (number * STRIDE % KEYS);
    }

    long value(long number) {
        return number % 7 + (number * STRIDE % KEYS < highKeys ? HIGH : 0);
    }

    /** @param time carried along for the receiver of the match */
    String json(long number, long time) {
        String head = "{\"k\":\"" + key(number) + "\",\"v\":" + value(number) + ",\"t\":" + time + ",\"pad\":\"";
        return head + "x".repeat(Math.max(0, BYTES - head.length() - 2)) + "\"}";
    }

    /** True if the text of an event is one that matches. */
    static boolean isHigh(String json) {
        return json.contains(HIGH_VALUE);
    }

    Event event(EventType type, long number) {
        return new Event(type, new Object[] {key(number), value(number), number, "x".repeat(40)});
    }

    /** An event whose key is its number, without bound. */
    static Event newKey(EventType type, long number) {
        return new Event(type, new Object[] {"key-" + number, 1L, number, "x".repeat(40)});
    }

    /** What {@link #value} is made of, for the method section of the page. */
    static List<String> description() {
        return List.of(CATALOG.split("\n"));
    }
}
