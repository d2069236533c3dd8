// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SeenIdsTest {
    @ParameterizedTest(name = "the last {0}")
    @ValueSource(ints = {1, 7, 1_000, 1_024, 5_000})
    @DisplayName("it knows the last ones as a set in the order of addition does, whatever their hashes have in common")
    void shouldKnowTheLast(int most) {
        Random random = new Random(most);
        SeenIds seen = new SeenIds(most);
        Set<Long> model = new LinkedHashSet<>();
        for (int i = 0; i < 20_000; i++) {
            // Many with the same home, and the one hash that means nothing in its table.
            long hash = random.nextBoolean() ? random.nextInt(3 * most) : (long) random.nextInt(2 * most) << 20;
            // 0 and 1 count as the same.
            long id = hash == 1 ? 0 : hash;
            boolean first = !model.contains(id);

            assertThat(seen.contains(hash)).isEqualTo(!first);
            assertThat(seen.add(hash)).isEqualTo(first);

            if (first) {
                model.add(id);
            }
            if (model.size() > most) {
                Iterator<Long> oldest = model.iterator();
                oldest.next();
                oldest.remove();
            }
            assertThat(seen.size()).isEqualTo(model.size());
            if (i == 12_000) {
                seen.clear();
                model.clear();
            }
        }
    }
}
