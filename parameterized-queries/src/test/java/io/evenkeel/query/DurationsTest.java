// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import net.jqwik.api.ForAll;
import net.jqwik.api.Label;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DurationsTest {

    @ParameterizedTest
    @CsvSource({
        "2 hours, PT2H",
        "30 s, PT30S",
        "500 ms, PT0.5S",
        "1 day, PT24H",
        "1 day 12 h, PT36H",
        "1.5 s, PT1.5S",
        "5minutes, PT5M",
        "2 Weeks, PT336H",
        "PT2H, PT2H",
        "pt0.001s, PT0.001S",
        "0 s, PT0S"
    })
    @DisplayName("A duration is read as people write it, and as ISO 8601")
    void reads(String text, Duration expected) {
        assertThat(Durations.parse(text)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "5", "5 parsecs", "-5 s", "PT-5S", "0.5 ms", "hours", "1 s,", "100001 days", "PT0.0001S"})
    @DisplayName("What is no duration in whole milliseconds is refused, quoted")
    void refuses(String text) {
        assertThatThrownBy(() -> Durations.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("Expected a duration")
                .hasMessageEndingWith("'" + text + "'");
    }

    @Property
    @Label("A duration that was written is read as the same")
    void roundTrip(@ForAll @LongRange(min = 0, max = 8_640_000_000_000L) long millis) {
        Duration duration = Duration.ofMillis(millis);
        assertThat(Durations.parse(Durations.format(duration))).isEqualTo(duration);
        assertThat(Durations.parse(duration.toString())).isEqualTo(duration);
        assertThat(Durations.ofSeconds(Durations.toSeconds(duration))).isEqualTo(duration);
    }
}
