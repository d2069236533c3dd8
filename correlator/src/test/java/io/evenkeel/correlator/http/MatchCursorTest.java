// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MatchCursorTest {
    private final MemoryHistory history = new MemoryHistory(10);

    private static MatchCursor at(MatchHistory history, String token) {
        return remembering(MatchCursor.at(history, token));
    }

    private static MatchCursor atEnd(MatchHistory history) {
        return remembering(MatchCursor.atEnd(history));
    }

    private static MatchCursor remembering(MatchCursor cursor) {
        while (cursor.remember()) {
            // It looks back on some hundred at a time.
        }
        return cursor;
    }

    private static List<String> read(MatchCursor cursor) {
        return cursor.read().stream().map(step -> step.entry().id()).toList();
    }

    @Test
    @DisplayName("a new reader gets what comes, each match once, also if it was computed again")
    void shouldGiveEachOnce() {
        history.add("a", "b");
        MatchCursor cursor = atEnd(history);
        assertThat(read(cursor)).isEmpty();

        history.add("c", "b", "c", "d");

        assertThat(read(cursor)).containsExactly("c", "d");
        assertThat(cursor.takeGap()).isFalse();
    }

    @Test
    @DisplayName("a token goes on elsewhere behind its match, and knows what came before it")
    void shouldGoOnElsewhere() {
        history.add("a", "b", "c");
        MatchCursor cursor = at(history, "0-");
        String token = cursor.read().get(1).token();

        history.add("a", "d");
        MatchCursor elsewhere = at(history, token);

        assertThat(read(elsewhere)).containsExactly("c", "d");
        assertThat(elsewhere.takeGap()).isFalse();
    }

    @Test
    @DisplayName("a token of an empty history goes on with the first match")
    void shouldBeginEmpty() {
        String token = atEnd(history).token();

        history.add("a");
        MatchCursor elsewhere = at(history, token);

        assertThat(read(elsewhere)).containsExactly("a");
        assertThat(elsewhere.takeGap()).isFalse();
    }

    @Test
    @DisplayName("who comes when its position has fallen out is told of a gap, and gets what is there")
    void shouldTellOfAGap() {
        history.add("a");
        String token = atEnd(history).token();
        for (int i = 0; i < 20; i++) {
            history.add("m" + i);
        }

        MatchCursor late = at(history, token);

        assertThat(read(late)).hasSize(10).startsWith("m10");
        assertThat(late.takeGap()).isTrue();
        assertThat(late.takeGap()).isFalse();
    }

    @Test
    @DisplayName("the end of what was written is lost and written again: who reads on gets each match once and no gap")
    void shouldSurviveALostEnd() {
        history.add("a", "b");
        MatchCursor cursor = at(history, "0-");
        assertThat(read(cursor)).containsExactly("a", "b");

        history.lose(1);
        assertThat(read(cursor)).isEmpty();
        history.add("x", "b", "c");

        assertThat(read(cursor)).containsExactly("x", "c");
        assertThat(cursor.takeGap()).isFalse();
    }

    @Test
    @DisplayName("another match stands where the reader was: it gets all that it has not had")
    void shouldNotMissWhatTookItsPlace() {
        history.add("a", "b");
        MatchCursor cursor = at(history, "0-");
        read(cursor);

        history.lose(1);
        history.add("x", "y", "b");

        assertThat(read(cursor)).containsExactly("x", "y");
    }

    @Test
    @DisplayName("all was lost: a gap, and then what is new; a token of the time before is not taken for one of now")
    void shouldTellOfALostHistory() {
        history.add("a", "b", "c");
        MatchCursor cursor = at(history, "0-");
        read(cursor);
        String token = cursor.token();
        history.loseAll();
        history.add("d", "e", "f", "g");

        MatchCursor elsewhere = at(history, token);

        for (MatchCursor each : List.of(cursor, elsewhere)) {
            assertThat(read(each)).containsExactly("d", "e", "f", "g");
            assertThat(each.takeGap()).isTrue();
        }
    }

    @Test
    @DisplayName("a long history: when its end is lost the reader gets each match once and is told of no gap")
    void shouldRememberALongHistory() {
        MemoryHistory large = new MemoryHistory(60_000);
        for (int i = 0; i < 50_000; i++) {
            large.add("m" + i);
        }
        MatchCursor cursor = atEnd(large);
        MatchCursor elsewhere = at(large, cursor.token());

        large.lose(2);
        large.add("x", "y", "m49999");

        for (MatchCursor each : List.of(cursor, elsewhere)) {
            List<String> got = new ArrayList<>();
            for (int i = 0; i < 110; i++) {
                got.addAll(read(each));
            }
            assertThat(got).containsExactly("x", "y");
            assertThat(each.takeGap()).isFalse();
        }
    }

    @Test
    @DisplayName("what is no token is refused")
    void shouldRefuseOtherTexts() {
        assertThatIllegalArgumentException().isThrownBy(() -> at(history, "17"));
        assertThatIllegalArgumentException().isThrownBy(() -> at(history, "-1-0123456789ab"));
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    @DisplayName("readers that move between nodes get each match once and in order, or are told of a gap")
    void shouldGiveEachOnceWhateverHappens(long seed) {
        Random random = new Random(seed);
        MemoryHistory small = new MemoryHistory(40);
        MatchCursor cursor = at(small, "0-");
        List<String> got = new ArrayList<>();
        List<String> kept = new ArrayList<>();
        boolean gap = false;
        int number = 0;
        for (int step = 0; step < 400; step++) {
            switch (random.nextInt(4)) {
                case 0 -> {
                    // A batch; now and then its node dies before it is on any other, and it is computed again.
                    List<String> batch = new ArrayList<>();
                    for (int i = random.nextInt(4); i >= 0; i--) {
                        batch.add("m" + number++);
                    }
                    small.add(batch.toArray(String[]::new));
                    if (random.nextInt(3) == 0) {
                        got.addAll(read(cursor));
                        gap |= cursor.takeGap();
                        small.lose(random.nextInt(batch.size() + 1));
                        small.add(batch.toArray(String[]::new));
                    }
                    kept.addAll(batch);
                }
                case 1 -> cursor = random.nextInt(5) == 0 ? at(small, cursor.token()) : cursor;
                default -> {
                    got.addAll(read(cursor));
                    gap |= cursor.takeGap();
                }
            }
        }
        got.addAll(read(cursor));
        gap |= cursor.takeGap();

        if (!gap) {
            assertThat(got).isEqualTo(kept);
        } else {
            assertThat(got).containsAll(kept.subList(kept.size() - 10, kept.size()));
        }
    }
}
