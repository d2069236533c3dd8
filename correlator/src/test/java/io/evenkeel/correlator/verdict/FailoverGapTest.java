// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.verdict;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class FailoverGapTest {
    @Test
    @DisplayName(
            "the failover gap is the longest silence that ended after the kill, counted from the kill at the earliest")
    void shouldMeasureLongestSilenceAfterKill() {
        assertThat(VerdictTable.gapMs(1_000_000_000L, at(0, 990, 1_010, 2_510, 2_600, 90)))
                .isEqualTo(1_500);
        assertThat(VerdictTable.gapMs(1_000_000_000L, at(0, 1_700, 1_900))).isEqualTo(700);
        assertThat(VerdictTable.gapMs(1_000_000_000L, at(10))).isZero();
    }

    private static List<ReceivedMatch> at(long... millis) {
        return Arrays.stream(millis)
                .mapToObj(ms -> new ReceivedMatch(ms * 1_000_000, "", "", "", "", ""))
                .toList();
    }
}
