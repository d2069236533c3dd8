// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.shard;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.IntFunction;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class CauseTableTest {
    private final CauseTable table = new CauseTable();

    private static LoggedCause cause(String id) {
        return new LoggedCause(id, null, 1);
    }

    @Test
    @DisplayName("whatever is added and removed, it finds what a HashMap finds")
    void shouldAgreeWithAHashMap() {
        long seed = Long.getLong("evenkeel.seed", new Random().nextLong());
        System.out.println("CauseTableTest -Devenkeel.seed=" + seed);
        Random random = new Random(seed);
        Map<String, LoggedCause> expected = new HashMap<>();
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < 3_000; i++) {
            // "Aa" and "BB" have one hash: ids of the same pattern collide altogether. Those that a broker gives are
            // numbers.
            ids.add(i % 3 == 0 ? pattern(i) : i % 3 == 1 ? "m" + i : NumberedId.text(i, i / 40));
        }
        for (int step = 0; step < 60_000; step++) {
            String id = ids.get(random.nextInt(ids.size()));
            // In turn more come than go, and more go than come, so that it grows and shrinks.
            if (random.nextInt(10) < (step / 10_000 % 2 == 0 ? 7 : 2)) {
                LoggedCause cause = cause(id);
                table.add(cause);
                expected.put(id, cause);
            } else {
                table.remove(cause(id));
                expected.remove(id);
            }
            String asked = ids.get(random.nextInt(ids.size()));
            assertThat(table.find(cause(asked))).isSameAs(expected.get(asked));
        }
        assertThat(table.size()).isEqualTo(expected.size());
        for (String id : ids) {
            assertThat(table.find(cause(id))).isSameAs(expected.get(id));
        }
    }

    private static String pattern(int number) {
        StringBuilder text = new StringBuilder();
        for (int bit = 0; bit < 12; bit++) {
            text.append((number >> bit & 1) == 0 ? "Aa" : "BB");
        }
        return text.toString();
    }

    @Test
    @DisplayName("all of a million that were added are gone when they are removed, be their ids texts or numbers")
    void shouldBecomeEmpty() {
        for (IntFunction<String> id : List.<IntFunction<String>>of(i -> "m" + i, i -> NumberedId.text(i, 7))) {
            for (int i = 0; i < 1_000_000; i++) {
                table.add(cause(id.apply(i)));
            }
            assertThat(table.size()).isEqualTo(1_000_000);
            for (int i = 0; i < 1_000_000; i++) {
                table.remove(cause(id.apply(i)));
            }
            assertThat(table.size()).isZero();
            assertThat(table.find(cause(id.apply(77)))).isNull();
        }
    }
}
