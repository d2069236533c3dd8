// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.shard;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NumberedIdTest {
    private static final long LARGEST = Long.parseLong("zzzzzzzzzzzz", 36);

    @Test
    @DisplayName("two numbers are found again in their text")
    void shouldReadWhatItWrites() {
        long seed = Long.getLong("evenkeel.seed", new Random().nextLong());
        System.out.println("NumberedIdTest -Devenkeel.seed=" + seed);
        Random random = new Random(seed);
        for (int i = 0; i < 10_000; i++) {
            long first = (random.nextLong() >>> 1) % LARGEST >> random.nextInt(60);
            long second = (random.nextLong() >>> 1) % LARGEST >> random.nextInt(60);
            String id = NumberedId.text(first, second);
            assertThat(NumberedId.first(id)).isEqualTo(first);
            assertThat(NumberedId.second(id)).isEqualTo(second);
            assertThat(new LoggedCause(id, null, 1).messageId()).isEqualTo(id);
        }
    }

    @ParameterizedTest(name = "\"{0}\"")
    @ValueSource(
            strings = {
                "",
                "-",
                "7",
                "a-",
                "-a",
                "--",
                "a--b",
                "a-b-c",
                "0a-b",
                "a-0b",
                "A-b",
                "a-B",
                "a b-c",
                "ä-b",
                "a-_",
                "+1-2",
                "zzzzzzzzzzzzz-1",
                "1-zzzzzzzzzzzzz",
                "ID:e1b6-4f2a"
            })
    @DisplayName("any other text stays as it is")
    void shouldKeepOtherTexts(String id) {
        LoggedCause cause = new LoggedCause(id, null, 1);
        assertThat(cause.messageId()).isEqualTo(id);
        assertThat(cause.hasIdOf(new LoggedCause(id, null, 2))).isTrue();
        assertThat(cause.hasIdOf(new LoggedCause("a-b", null, 1))).isFalse();
        assertThat(new LoggedCause("a-b", null, 1).hasIdOf(cause)).isFalse();
    }
}
