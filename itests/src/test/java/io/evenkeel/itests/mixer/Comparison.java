// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.itests.mixer;

import io.evenkeel.itests.kit.Lane;
import io.evenkeel.itests.kit.ReceivedMatch;
import io.evenkeel.itests.kit.Seed;
import io.evenkeel.itests.kit.Verdict;
import io.evenkeel.itests.kit.oracle.Oracle;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Matches against those of the oracle while both come. What agrees is forgotten, so that a run of hours needs little more
 * than a short one; of the rest the verdict is made. For one thread.
 *
 * <p>The query makes a match of each event, with the number and the sum of the last {@value #RETAIN} of its key: a lost
 * event, a doubled one, one out of order and a wrong state all show.
 */
final class Comparison implements AutoCloseable {
    static final String QUEUE = "recent";
    private static final int RETAIN = 20;

    static final String QUERY = """
            query: recent
            inputs:
              - {event: Reading, key: [sensor], retain: %d}
            epl: select sensor, seq, count(*) as n, sum(amount) as total from Reading
            output: {event: Recent, to: "queue:%s"}
            """.formatted(RETAIN, QUEUE);

    private static final String INSTANCE = "recent/default";
    private static final String ORACLE =
            "select sensor, seq, count(*) as n, sum(amount) as total from Reading#length(" + RETAIN + ")";

    private final Oracle oracle;
    private final Map<Lane, Deque<String>> due = new TreeMap<>();
    private final Map<Lane, List<ReceivedMatch>> odd = new TreeMap<>();
    private final List<String> duplicate = new ArrayList<>();
    private final Set<String> ids = new HashSet<>();
    private int events;
    private int matches;
    private int expected;
    private int outstanding;
    private Silence silence = new Silence(0, 0);
    private long lastNanos;

    /** Between two matches, on this JVM's monotonic clock. */
    record Silence(long fromNanos, long toNanos) {
        long ms() {
            return (toNanos - fromNanos) / 1_000_000;
        }
    }

    Comparison() {
        LinkedHashMap<String, Class<?>> fields = new LinkedHashMap<>();
        fields.put("id", String.class);
        fields.put("sensor", String.class);
        fields.put("seq", Integer.class);
        fields.put("amount", Integer.class);
        oracle = new Oracle("Reading", fields, ORACLE, 0);
    }

    /** An event whose matches must come; before they are seen. */
    void expect(Load.Reading event) {
        events++;
        oracle.apply("Reading", event.sensor(), event.id(), event.sensor(), event.seq(), event.amount());
        List<String> bodies = oracle.take(event.sensor());
        due.computeIfAbsent(new Lane(INSTANCE, event.sensor()), lane -> new ArrayDeque<>())
                .addAll(bodies);
        expected += bodies.size();
        outstanding += bodies.size();
    }

    /** A match of the query that is compared. */
    void see(ReceivedMatch match) {
        matches++;
        if (lastNanos != 0 && match.arrivedNanos() - lastNanos > silence.toNanos() - silence.fromNanos()) {
            silence = new Silence(lastNanos, match.arrivedNanos());
        }
        lastNanos = match.arrivedNanos();
        if (!ids.add(match.matchId())) {
            duplicate.add(match.toString());
            return;
        }
        Deque<String> bodies = due.getOrDefault(match.lane(), new ArrayDeque<>());
        // From its first deviation on a lane is kept whole, else nobody could tell loss from disorder.
        if (!odd.containsKey(match.lane()) && match.body().equals(bodies.peek())) {
            bodies.poll();
            outstanding--;
        } else {
            odd.computeIfAbsent(match.lane(), lane -> new ArrayList<>()).add(match);
        }
    }

    /** A match of a query that changes: who knows what is right, but not twice the same. */
    void seeOther(ReceivedMatch match) {
        if (!ids.add(match.matchId())) {
            duplicate.add(match.toString());
        }
    }

    /** Whether all that was seen was due. */
    boolean agrees() {
        return odd.isEmpty() && duplicate.isEmpty();
    }

    /** Whether all that is due was seen. */
    boolean complete() {
        return outstanding == 0;
    }

    /** Matches of the query that were seen. */
    int matches() {
        return matches;
    }

    /** The longest one so far. */
    Silence silence() {
        return silence;
    }

    Verdict verdict(Seed seed) {
        SortedMap<Lane, List<String>> rest = new TreeMap<>();
        due.forEach((lane, bodies) -> rest.put(lane, List.copyOf(bodies)));
        Verdict found = Verdict.of(
                events, rest, odd.values().stream().flatMap(List::stream).toList(), silence.ms(), seed);
        return new Verdict(
                events, expected, found.lost(), duplicate, found.phantom(), found.disorder(), silence.ms(), seed);
    }

    @Override
    public void close() {
        oracle.close();
    }
}
