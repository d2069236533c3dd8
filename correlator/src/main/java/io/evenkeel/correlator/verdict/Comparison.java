// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.verdict;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.math.BigDecimal;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Holds the matches that came against those that had to come. Equal are two with the same instance, key and body; bodies
 * are compared by value, so that 75 and 75.0 are the same.
 *
 * @param lost       expected, and did not come
 * @param duplicated came more often than expected, or under an id that had come before
 * @param phantom    came, and nothing like it was expected
 * @param outOfOrder came after a match of the same instance and key that a later event caused
 * @param examples   the first few differences in words
 */
public record Comparison(
        int expected, int received, int lost, int duplicated, int phantom, int outOfOrder, List<String> examples) {
    private static final int MOST_EXAMPLES = 10;
    private static final ObjectMapper JSON = new ObjectMapper();

    public Comparison {
        examples = List.copyOf(examples);
    }

    /** True if each match came once and in order. */
    public boolean good() {
        return lost + duplicated + phantom + outOfOrder == 0;
    }

    /**
     * Compare.
     *
     * @param unordered queries whose matches are caused by time, where the order within a key is not promised
     */
    public static Comparison of(List<ExpectedMatch> expected, List<ReceivedMatch> received, Set<String> unordered) {
        Map<String, Deque<Integer>> open = new HashMap<>();
        for (ExpectedMatch match : expected) {
            open.computeIfAbsent(identity(match), identity -> new ArrayDeque<>())
                    .add(match.place());
        }
        Set<String> known = Set.copyOf(open.keySet());
        Set<String> ids = new HashSet<>();
        Map<String, Integer> last = new HashMap<>();
        int duplicated = 0;
        int phantom = 0;
        int outOfOrder = 0;
        List<String> examples = new ArrayList<>();
        for (ReceivedMatch match : received) {
            String identity = identity(match);
            Deque<Integer> places = open.getOrDefault(identity, new ArrayDeque<>());
            if (!known.contains(identity)) {
                phantom++;
                examples.add("phantom " + identity + " id=" + match.id());
            } else if (!ids.add(match.id()) || places.isEmpty()) {
                duplicated++;
                examples.add("duplicated " + identity + " id=" + match.id());
            } else {
                int place = places.removeFirst();
                String stream = match.query() + "/" + match.instance() + "/" + match.key();
                if (place < last.getOrDefault(stream, 0) && !unordered.contains(match.query())) {
                    outOfOrder++;
                    examples.add("out of order " + identity + " id=" + match.id());
                }
                last.merge(stream, place, Math::max);
            }
        }
        int lost = open.values().stream().mapToInt(Deque::size).sum();
        open.forEach((identity, places) -> places.forEach(place -> examples.add("lost " + identity)));
        List<String> few = examples.subList(0, Math.min(MOST_EXAMPLES, examples.size()));
        return new Comparison(expected.size(), received.size(), lost, duplicated, phantom, outOfOrder, few);
    }

    private static String identity(ExpectedMatch match) {
        return match.query() + "/" + match.instance() + " " + match.key() + " "
                + canonical(JSON.valueToTree(match.columns()));
    }

    private static String identity(ReceivedMatch match) {
        try {
            return match.query() + "/" + match.instance() + " " + match.key() + " "
                    + canonical(JSON.readTree(match.body()));
        } catch (JsonProcessingException e) {
            return match.query() + "/" + match.instance() + " " + match.key() + " unreadable " + match.body();
        }
    }

    /** Columns in the order of their names; numbers without trailing zeros. */
    private static String canonical(JsonNode object) {
        Map<String, String> columns = new TreeMap<>();
        object.properties().forEach(column -> columns.put(column.getKey(), value(column.getValue())));
        return columns.toString();
    }

    private static String value(JsonNode value) {
        return value.isNumber()
                ? new BigDecimal(value.asText()).stripTrailingZeros().toPlainString()
                : value.toString();
    }
}
