// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.querytest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.evenkeel.query.DefinitionRefusedException;
import io.evenkeel.query.Fault;
import io.evenkeel.query.Timestamps;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * A match as a test expects it: a line of JSON.
 *
 * <pre>
 * {"instance": "late-airport/jammed", "key": "LHR", "at": "2026-01-01T00:05:00Z", "fields": {"flights": 3}}
 * {"flights": 4}
 * </pre>
 *
 * <p>What is given must be equal; the fields have to be given, all of them, in any order. Numbers are equal by value, with
 * a fraction if they differ by less than a billionth. Beside {@code fields} there may be {@code match} (the output's
 * event type), {@code instance} (with or without its query), {@code key}, {@code at} (the query's time), {@code cause}
 * and {@code id}; without them, bare fields will do.
 */
public final class ExpectedMatch {
    private static final Set<String> ENVELOPE = Set.of("match", "id", "instance", "key", "at", "cause", "fields");
    private static final BigDecimal TOLERANCE = new BigDecimal("1e-9");

    private final ObjectNode written;
    private final ObjectNode envelope;
    private final JsonNode fields;

    private ExpectedMatch(ObjectNode written) {
        this.written = written;
        boolean wrapped = JsonLines.isEnvelope(written, ENVELOPE);
        this.envelope = wrapped ? written : written.objectNode();
        this.fields = wrapped ? written.path("fields") : written;
    }

    /**
     * Reads lines.
     *
     * @param name of the text, for messages
     * @throws DefinitionRefusedException if a line is no JSON object, or a time in it is none
     */
    public static List<ExpectedMatch> read(String name, String text) {
        List<ExpectedMatch> matches = new ArrayList<>();
        List<Fault> faults = new ArrayList<>();
        for (JsonLines.Line line : JsonLines.read(name, text)) {
            ExpectedMatch match = new ExpectedMatch(line.object());
            String at = match.envelope.path("at").asText("");
            if (!at.isEmpty() && Timestamps.parse(at) == Timestamps.NONE) {
                faults.add(new Fault(line.number(), "at", "Expected a timestamp, but it is '" + at + "'."));
            }
            matches.add(match);
        }
        if (!faults.isEmpty()) {
            throw new DefinitionRefusedException(name, faults);
        }
        return matches;
    }

    /** True if a match is as this says. */
    public boolean fits(TrialMatch match) {
        String instance = envelope.path("instance").asText("");
        String at = envelope.path("at").asText("");
        return (instance.isEmpty()
                        || instance.equals(match.instance().toString())
                        || instance.equals(match.instance().name()))
                && (at.isEmpty() || Timestamps.parse(at) == match.atMs())
                && given("match", match.event())
                && given("id", match.id())
                && given("key", match.key())
                && given("cause", match.cause())
                && equal(fields, match.fields());
    }

    private boolean given(String name, String actual) {
        return !envelope.has(name) || envelope.path(name).asText().equals(actual);
    }

    private static boolean equal(JsonNode expected, JsonNode actual) {
        if (expected.isNumber() && actual.isNumber()) {
            return equal(expected.decimalValue(), actual.decimalValue());
        }
        if (expected.isArray() && actual.isArray() && expected.size() == actual.size()) {
            for (int i = 0; i < expected.size(); i++) {
                if (!equal(expected.path(i), actual.path(i))) {
                    return false;
                }
            }
            return true;
        }
        if (expected.isObject() && actual.isObject() && expected.size() == actual.size()) {
            return JsonLines.names(expected).stream()
                    .allMatch(name -> actual.has(name) && equal(expected.path(name), actual.path(name)));
        }
        return expected.equals(actual);
    }

    private static boolean equal(BigDecimal expected, BigDecimal actual) {
        if (expected.compareTo(actual) == 0) {
            return true;
        }
        boolean fraction = expected.stripTrailingZeros().scale() > 0
                || actual.stripTrailingZeros().scale() > 0;
        BigDecimal greatest = expected.abs().max(actual.abs());
        return fraction
                && expected.subtract(actual).abs().compareTo(greatest.multiply(TOLERANCE, MathContext.DECIMAL64)) <= 0;
    }

    /** As it was written. */
    @Override
    public String toString() {
        return written.toString();
    }
}
