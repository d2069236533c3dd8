// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.query;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import net.jqwik.api.ForAll;
import net.jqwik.api.Label;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TimestampsTest {

    @ParameterizedTest
    @CsvSource({
        "2001-01-01T00:47Z, 2001-01-01T00:47:00Z",
        "2001-01-01T00:47:05Z, 2001-01-01T00:47:05Z",
        "2001-01-01T00:47:05.25Z, 2001-01-01T00:47:05.250Z",
        "2001-01-01T00:47:05.123456789Z, 2001-01-01T00:47:05.123Z",
        "2001-01-01T02:47:05+02:00, 2001-01-01T00:47:05Z",
        "2000-02-29T00:00Z, 2000-02-29T00:00:00Z",
        "0000-01-01T00:00Z, 0000-01-01T00:00:00Z"
    })
    @DisplayName("A timestamp is read with and without seconds, in UTC and with an offset")
    void reads(String text, Instant expected) {
        assertThat(Timestamps.parse(text)).isEqualTo(expected.toEpochMilli());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "2001-01-01",
                "2001-01-01T00:47",
                "2001-02-29T00:00Z",
                "1900-02-29T00:00Z",
                "2001-04-31T00:00Z",
                "2001-13-01T00:00Z",
                "2001-01-01T24:01Z",
                "2001-01-01T00:60Z",
                "2001-01-01T00:00:60Z",
                "2001-01-01T00:00:00.1234567890Z",
                "2001-01-01T00:00:1aZ",
                "20o1-01-01T00:00Z"
            })
    @DisplayName("What is no timestamp with an offset is refused")
    void refuses(String text) {
        assertThat(Timestamps.parse(text)).isEqualTo(Timestamps.NONE);
    }

    @Property
    @Label("A timestamp that was written is read as the same")
    void roundTrip(@ForAll @LongRange(min = -100_000_000_000_000L, max = 400_000_000_000_000L) long millis) {
        assertThat(Timestamps.parse(Timestamps.format(millis))).isEqualTo(millis);
    }

    @Property
    @Label("The fast path agrees with the JDK in every minute of every year of four digits")
    void agrees(
            @ForAll @IntRange(min = 0, max = 9999) int year,
            @ForAll @IntRange(min = 0, max = 365) int day,
            @ForAll @IntRange(min = 0, max = 1439) int minute) {
        LocalDateTime time = LocalDateTime.of(year, 1, 1, 0, 0).plusDays(day).plusMinutes(minute);
        if (time.getYear() == year) {
            assertThat(Timestamps.parse(time + "Z"))
                    .isEqualTo(time.toInstant(ZoneOffset.UTC).toEpochMilli());
        }
    }
}
