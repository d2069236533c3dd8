// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.itests.kit;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.itests.kit.LinearHistory.Operation;
import io.evenkeel.itests.kit.LinearHistory.Told;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The check of histories")
class LinearHistoryTest {
    private final LinearHistory history = new LinearHistory();

    private void read(long from, long to, String value) {
        history.note(new Operation("r", Told.READ, from, to, "", value));
    }

    private void replace(Told told, long from, long to, String expected, String value) {
        history.note(new Operation("w", told, from, to, expected, value));
    }

    @Test
    @DisplayName("finds an order in which overlapping operations are possible")
    void shouldAcceptWhatIsPossible() {
        replace(Told.REPLACED, 0, 10, "a", "b");
        read(1, 9, "a");
        read(2, 8, "b");
        replace(Told.REFUSED, 3, 12, "a", "c");
        read(11, 13, "b");

        assertThat(history.objection("a")).isEmpty();
    }

    @Test
    @DisplayName("refuses a read of what was replaced before it began")
    void shouldRefuseStaleReads() {
        replace(Told.REPLACED, 0, 10, "a", "b");
        read(11, 12, "a");

        assertThat(history.objection("a")).get().asString().contains("READ");
    }

    @Test
    @DisplayName("refuses two that replaced the same value, and a refusal where the value was the expected one")
    void shouldRefuseTwoWinners() {
        replace(Told.REPLACED, 0, 10, "a", "b");
        replace(Told.REPLACED, 0, 10, "a", "c");
        assertThat(history.objection("a")).isPresent();

        LinearHistory other = new LinearHistory();
        other.note(new Operation("w", Told.REFUSED, 0, 1, "a", "b"));
        assertThat(other.objection("a")).isPresent();
    }

    @Test
    @DisplayName("lets what nobody knows of have happened late, or never, but not undone")
    void shouldAllowUnknownOperations() {
        replace(Told.UNKNOWN, 0, 1, "a", "b");
        replace(Told.UNKNOWN, 0, 1, "x", "y");
        read(2, 3, "a");
        read(4, 5, "b");
        assertThat(history.objection("a")).isEmpty();

        read(6, 7, "a");
        assertThat(history.objection("a")).isPresent();
    }

    @Test
    @DisplayName("is quick with long histories of many clients, and finds one false read in them")
    void shouldManageLongHistories() {
        Random random = new Random(7);
        String value = "v0";
        long time = 0;
        for (int i = 1; i <= 2_000; i++) {
            // The instant of each is in the middle; intervals of neighbours overlap.
            long at = ++time * 10;
            long from = at - random.nextInt(30);
            long to = at + random.nextInt(30);
            if (random.nextInt(3) == 0) {
                replace(Told.REPLACED, from, to, value, "v" + i);
                value = "v" + i;
            } else {
                read(from, to, value);
            }
        }
        assertThat(history.objection("v0")).isEmpty();

        read(time * 10 + 100, time * 10 + 101, "v0");
        assertThat(history.objection("v0")).isPresent();
    }
}
