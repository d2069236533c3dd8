// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.shard;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class CauseTableTest {
    private final CauseTable table = new CauseTable();

    private static LoggedCause cause(String id) {
        return new LoggedCause(id, "Reading", id, 1);
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
            // "Aa" and "BB" have one hash: ids of the same pattern collide altogether.
            ids.add(i % 3 == 0 ? pattern(i) : "m" + i);
        }
        for (int step = 0; step < 60_000; step++) {
            String id = ids.get(random.nextInt(ids.size()));
            // In turn more come than go, and more go than come, so that it grows and shrinks.
            if (random.nextInt(10) < (step / 10_000 % 2 == 0 ? 7 : 2)) {
                LoggedCause cause = cause(id);
                table.add(cause);
                expected.put(id, cause);
            } else {
                table.remove(id);
                expected.remove(id);
            }
            String asked = ids.get(random.nextInt(ids.size()));
            assertThat(table.find(asked)).isSameAs(expected.get(asked));
        }
        assertThat(table.size()).isEqualTo(expected.size());
        for (String id : ids) {
            assertThat(table.find(id)).isSameAs(expected.get(id));
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
    @DisplayName("all of a million that were added are gone when they are removed")
    void shouldBecomeEmpty() {
        for (int i = 0; i < 1_000_000; i++) {
            table.add(cause("m" + i));
        }
        assertThat(table.size()).isEqualTo(1_000_000);
        for (int i = 0; i < 1_000_000; i++) {
            table.remove("m" + i);
        }
        assertThat(table.size()).isZero();
        assertThat(table.find("m77")).isNull();
    }
}
