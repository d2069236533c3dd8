// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.evenkeel.correlator.demo.oracle.FlightOracle;
import io.evenkeel.correlator.demo.oracle.FlightOracle.Instance;
import io.evenkeel.correlator.demo.oracle.OracleFlight;
import io.evenkeel.correlator.verdict.ExpectedMatch;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class FlightOracleTest {
    private static final long HOUR = Duration.ofHours(1).toMillis();

    @Test
    @DisplayName("the oracle counts late flights of one airport within six hours")
    void shouldCountLateFlightsOfOneAirport() {
        List<ExpectedMatch> matches = FlightOracle.matches(
                List.of(
                        flight("a", 0, "JFK", 20),
                        flight("b", 1, "LAX", 20),
                        flight("c", 5, "JFK", 30),
                        flight("d", 6, "JFK", 14),
                        flight("e", 7, "JFK", 40),
                        flight("f", 12, "JFK", 40)),
                List.of(new Instance("late-airport", "x", Map.of("minDelay", 15, "flights", 2))));

        assertThat(matches)
                .extracting(
                        match -> match.columns().get("flight"),
                        match -> match.columns().get("meanDelay"))
                .containsExactly(tuple("c", 25.0), tuple("e", 35.0), tuple("f", 40.0));
    }

    @Test
    @DisplayName("the oracle finds silence when the clock of other airports has passed it, not after the last flight")
    void shouldFindSilenceByTheCommonClock() {
        List<ExpectedMatch> matches = FlightOracle.matches(
                List.of(
                        flight("a", 0, "JFK", 99),
                        flight("b", 1, "LAX", 99),
                        flight("c", 2, "LAX", 0),
                        flight("d", 3, "SEA", 99)),
                List.of(new Instance("silent-airport", "x", Map.of("minDelay", 60, "quiet", 7200.0))));

        assertThat(matches).singleElement().satisfies(match -> {
            assertThat(match.key()).isEqualTo("JFK");
            assertThat(match.place()).isEqualTo(2);
        });
    }

    /** Another formulation in plain Java, so that the oracle itself is held by something. */
    @Test
    @DisplayName("over all flights the oracle agrees with plain loops")
    void shouldAgreeWithPlainLoops() throws Exception {
        DemoData data = DemoData.read(Path.of("../demo"));
        List<OracleFlight> flights = data.flights();

        Map<String, Long> counts = FlightOracle.matches(flights, data.instances()).stream()
                .collect(Collectors.groupingBy(match -> match.query() + "/" + match.instance(), Collectors.counting()));

        assertThat(flights).hasSize(20_000);
        assertThat(counts)
                .isEqualTo(Map.of(
                        "late-airport/delayed", lateAirports(flights, 15, 2),
                        "late-airport/jammed", lateAirports(flights, 45, 3),
                        "late-again/bad", lateAgain(flights, 45),
                        "late-again/worse", lateAgain(flights, 90),
                        "silent-airport/short", silent(flights, 30, 3 * HOUR),
                        "silent-airport/long", silent(flights, 15, 10 * HOUR)));
        assertThat(counts.values()).allSatisfy(count -> assertThat(count).isPositive());
    }

    private static long lateAirports(List<OracleFlight> flights, int minDelay, int least) {
        return count(
                flights,
                before -> flight -> flight.delay() >= minDelay
                                && before.stream()
                                                .filter(other -> other.delay() >= minDelay
                                                        && other.scheduledMs() > flight.scheduledMs() - 6 * HOUR)
                                                .count()
                                        >= least - 1
                        ? 1
                        : 0);
    }

    private static long lateAgain(List<OracleFlight> flights, int minDelay) {
        Map<String, List<OracleFlight>> waiting = new HashMap<>();
        long count = 0;
        for (OracleFlight flight : flights) {
            if (flight.delay() >= minDelay) {
                List<OracleFlight> open = waiting.computeIfAbsent(flight.origin(), key -> new ArrayList<>());
                count += open.stream()
                        .filter(first -> first.scheduledMs() > flight.scheduledMs() - 4 * HOUR)
                        .count();
                open.clear();
                open.add(flight);
            }
        }
        return count;
    }

    private static long silent(List<OracleFlight> flights, int minDelay, long quietMs) {
        long end = flights.get(flights.size() - 1).scheduledMs();
        Map<String, OracleFlight> last = new HashMap<>();
        long count = 0;
        for (OracleFlight flight : flights) {
            OracleFlight before = last.put(flight.origin(), flight);
            if (before != null
                    && before.delay() >= minDelay
                    && flight.scheduledMs() - before.scheduledMs() >= quietMs) {
                count++;
            }
        }
        return count
                + last.values().stream()
                        .filter(flight -> flight.delay() >= minDelay && end - flight.scheduledMs() >= quietMs)
                        .count();
    }

    private static long count(
            List<OracleFlight> flights, Function<List<OracleFlight>, Function<OracleFlight, Integer>> rule) {
        Map<String, List<OracleFlight>> byKey = new HashMap<>();
        long count = 0;
        for (OracleFlight flight : flights) {
            List<OracleFlight> before = byKey.computeIfAbsent(flight.origin(), key -> new ArrayList<>());
            count += rule.apply(before).apply(flight);
            before.add(flight);
        }
        return count;
    }

    private static OracleFlight flight(String id, long hour, String origin, int delay) {
        return new OracleFlight(id, hour * HOUR, origin, "ORD", delay, 100);
    }
}
