// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.verdict;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class ComparisonTest {
    private static final List<ExpectedMatch> EXPECTED =
            List.of(expected("JFK", 1, 75.0), expected("JFK", 2, 80.0), expected("LAX", 3, 75.0));

    @Test
    @DisplayName("the same matches are good, whatever the spelling of numbers and the order between keys")
    void shouldAcceptTheSame() {
        Comparison comparison = compare(
                received("3", "LAX", "{\"mean\":75,\"n\":2}"),
                received("1", "JFK", "{\"n\":2,\"mean\":75.0}"),
                received("2", "JFK", "{\"n\":2,\"mean\":80.00}"));

        assertThat(comparison.good()).isTrue();
        assertThat(comparison.received()).isEqualTo(3);
    }

    @Test
    @DisplayName("L a match that did not come is lost")
    void shouldFindLost() {
        Comparison comparison = compare(received("1", "JFK", body(75)), received("3", "LAX", body(75)));

        assertThat(comparison.lost()).isEqualTo(1);
        assertThat(comparison.good()).isFalse();
        assertThat(comparison.examples())
                .singleElement()
                .asString()
                .startsWith("lost q/i JFK")
                .contains("80");
    }

    @Test
    @DisplayName("D a match that came twice is duplicated, under the same id and under another")
    void shouldFindDuplicated() {
        Comparison comparison = compare(
                received("1", "JFK", body(75)),
                received("1", "JFK", body(75)),
                received("2", "JFK", body(80)),
                received("9", "JFK", body(80)),
                received("3", "LAX", body(75)));

        assertThat(comparison.duplicated()).isEqualTo(2);
        assertThat(comparison.lost() + comparison.phantom()).isZero();
    }

    @Test
    @DisplayName("P a match that nothing explains is a phantom, also one with the wrong body or unreadable")
    void shouldFindPhantoms() {
        Comparison comparison = compare(
                received("1", "JFK", body(76)),
                received("2", "JFK", body(80)),
                received("3", "SEA", body(75)),
                received("4", "LAX", "{"));

        assertThat(comparison.phantom()).isEqualTo(3);
        assertThat(comparison.lost()).isEqualTo(2);
    }

    @Test
    @DisplayName("O a match after a later one of its key is out of order, unless time caused it")
    void shouldFindOutOfOrder() {
        List<ReceivedMatch> swapped =
                List.of(received("2", "JFK", body(80)), received("1", "JFK", body(75)), received("3", "LAX", body(75)));

        assertThat(Comparison.of(EXPECTED, swapped, Set.of()).outOfOrder()).isEqualTo(1);
        assertThat(Comparison.of(EXPECTED, swapped, Set.of("q")).good()).isTrue();
    }

    private static Comparison compare(ReceivedMatch... received) {
        return Comparison.of(EXPECTED, List.of(received), Set.of());
    }

    private static ExpectedMatch expected(String key, int place, double mean) {
        return new ExpectedMatch("q", "i", key, place, Map.of("n", 2L, "mean", mean));
    }

    private static ReceivedMatch received(String id, String key, String body) {
        return new ReceivedMatch(0, id, "q", "i", key, body);
    }

    private static String body(int mean) {
        return "{\"n\":2,\"mean\":" + mean + "}";
    }
}
