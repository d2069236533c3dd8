// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class ProgressBarTest {
    private static final long SECOND = 1_000_000_000L;

    private final ByteArrayOutputStream terminal = new ByteArrayOutputStream();
    private long now;

    private ProgressBar bar(boolean shown, long total) {
        return new ProgressBar(new PrintStream(terminal, true, StandardCharsets.UTF_8), shown, total, () -> now);
    }

    @Test
    @DisplayName("fills with what is done, and tells its rate")
    void shouldFill() {
        try (ProgressBar bar = bar(true, 200)) {
            now = 2 * SECOND;
            bar.add(100);
        }
        assertThat(terminal.toString(StandardCharsets.UTF_8))
                .contains("[" + "#".repeat(15) + " ".repeat(15) + "] 50%  100  50/s");
    }

    @Test
    @DisplayName("moves a mark to and fro while nobody knows how far it is")
    void shouldMove() {
        try (ProgressBar bar = bar(true, 0)) {
            assertThat(bar.awaiting("it", 0)).isEqualTo("[====" + " ".repeat(26) + "] 0.0 s  it");
            assertThat(bar.awaiting("it", 26 * SECOND / 10)).isEqualTo("[" + " ".repeat(26) + "====] 2.6 s  it");
            assertThat(bar.awaiting("it", 51 * SECOND / 10)).isEqualTo("[ ====" + " ".repeat(25) + "] 5.1 s  it");
        }
    }

    @Test
    @DisplayName("is silent where no terminal is")
    void shouldBeSilent() {
        try (ProgressBar bar = bar(false, 200)) {
            now = 2 * SECOND;
            bar.add(100);
            bar.await("it");
        }
        assertThat(terminal.toByteArray()).isEmpty();
    }
}
