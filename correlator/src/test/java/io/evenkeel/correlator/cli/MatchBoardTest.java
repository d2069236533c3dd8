// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.evenkeel.client.Match;
import io.evenkeel.correlator.terminal.Screen;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class MatchBoardTest {
    private static final long SECOND = 1_000_000_000L;

    private final MatchBoard board = new MatchBoard(new Screen(14, 60), 0);

    private void match(String instance, String key, long atSecond) {
        Match match = new Match(
                "id", "late", instance, 1, key, "cause", "Late", "queue:late", JsonNodeFactory.instance.nullNode());
        board.add(match, "late/" + instance + "  key " + key, atSecond * SECOND);
    }

    @Test
    @DisplayName("shows each instance with its matches, its rate and its last key, the latest on top")
    void shouldCountByInstance() {
        match("very", "OSL", 1);
        match("very", "BGO", 1);
        match("a-bit", "TRD", 2);

        assertThat(board.lines(2 * SECOND).stream().map(line -> line.replaceAll(" +", " ")))
                .containsExactly(
                        "3 matches of 2 instances in 2 s; Ctrl-C ends",
                        "query instance matches per second last key",
                        "late a-bit 1 0.1 TRD",
                        "late very 2 0.2 BGO",
                        "",
                        "late/very key OSL",
                        "late/very key BGO",
                        "late/a-bit key TRD");
        assertThat(board.lines(11 * SECOND)).anyMatch(line -> line.matches("late +very +2 +0.0 +BGO"));
    }

    @Test
    @DisplayName("never has more lines than the screen, nor wider ones")
    void shouldFit() {
        for (int i = 0; i < 100; i++) {
            match("instance-with-a-rather-long-name-" + i, "a key that is long as well " + i, i);
        }
        List<String> lines = board.lines(100 * SECOND);
        assertThat(lines).hasSizeLessThan(14).allMatch(line -> line.length() <= 60);
        assertThat(lines).anyMatch(line -> line.startsWith("… and 96 more"));
    }
}
