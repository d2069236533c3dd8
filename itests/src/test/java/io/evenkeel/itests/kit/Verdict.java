// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.itests.kit;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What came out against what should have.
 *
 * @param published events, whatever came of them
 * @param expected  matches, by the oracle
 * @param lost      expected and not received
 * @param duplicate received again under the same match id
 * @param phantom   received and not expected
 * @param disorder  lanes whose matches are the expected ones in another order
 * @param gapMs     the longest silence between two matches while events were published
 */
public record Verdict(
        int published,
        int expected,
        List<String> lost,
        List<String> duplicate,
        List<String> phantom,
        List<String> disorder,
        long gapMs,
        Seed seed) {
    /** Findings of each kind in a message; {@code -Devenkeel.findings=1000} to see more. */
    private static final int SHOWN = Integer.getInteger("evenkeel.findings", 5);

    /** Compare lane by lane. @param expected bodies in their order */
    public static Verdict of(
            int published,
            SortedMap<Lane, List<String>> expected,
            List<ReceivedMatch> received,
            long gapMs,
            Seed seed) {
        List<String> lost = new ArrayList<>();
        List<String> duplicate = new ArrayList<>();
        List<String> phantom = new ArrayList<>();
        List<String> disorder = new ArrayList<>();
        SortedMap<Lane, List<String>> lanes = new TreeMap<>();
        Set<String> ids = new HashSet<>();
        for (ReceivedMatch match : received) {
            if (ids.add(match.matchId())) {
                lanes.computeIfAbsent(match.lane(), lane -> new ArrayList<>()).add(match.body());
            } else {
                duplicate.add(match.toString());
            }
        }
        for (Map.Entry<Lane, List<String>> lane : expected.entrySet()) {
            List<String> found = lanes.getOrDefault(lane.getKey(), List.of());
            List<String> missing = without(lane.getValue(), found);
            missing.forEach(body -> lost.add(lane.getKey() + " " + body));
            without(found, lane.getValue()).forEach(body -> phantom.add(lane.getKey() + " " + body));
            if (missing.isEmpty() && found.size() == lane.getValue().size() && !found.equals(lane.getValue())) {
                disorder.add(lane.getKey() + " " + firstDifference(lane.getValue(), found));
            }
            lanes.remove(lane.getKey());
        }
        lanes.forEach((lane, bodies) -> bodies.forEach(body -> phantom.add(lane + " " + body)));
        int count = expected.values().stream().mapToInt(List::size).sum();
        return new Verdict(published, count, lost, duplicate, phantom, disorder, gapMs, seed);
    }

    private static List<String> without(List<String> all, List<String> some) {
        List<String> rest = new ArrayList<>(all);
        some.forEach(rest::remove);
        return rest;
    }

    private static String firstDifference(List<String> expected, List<String> found) {
        for (int i = 0; i < expected.size(); i++) {
            if (!expected.get(i).equals(found.get(i))) {
                return "at " + i + " expected " + expected.get(i) + " but was " + found.get(i);
            }
        }
        return "";
    }

    /** Nothing lost, doubled or invented. */
    public boolean complete() {
        return lost.isEmpty() && duplicate.isEmpty() && phantom.isEmpty();
    }

    /** In one line. */
    public String line() {
        return "published=%d expected=%d lost=%d duplicate=%d phantom=%d disorder=%d longest-silent-gap-ms=%d seed=%s"
                .formatted(
                        published,
                        expected,
                        lost.size(),
                        duplicate.size(),
                        phantom.size(),
                        disorder.size(),
                        gapMs,
                        seed);
    }

    /** With the first findings of each kind. */
    @Override
    public String toString() {
        return line()
                + shown("lost", lost)
                + shown("duplicate", duplicate)
                + shown("phantom", phantom)
                + shown("disorder", disorder);
    }

    private static String shown(String kind, List<String> findings) {
        return findings.isEmpty()
                ? ""
                : "\n  " + kind + ": " + String.join("\n    ", findings.subList(0, Math.min(SHOWN, findings.size())));
    }
}
