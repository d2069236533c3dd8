// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class BrokerSettingsTest {

    private static final Path DATA = Path.of("data");

    @Test
    @DisplayName("defaults are loopback, port 61616 and no exclusive pattern")
    void defaultsAreAsDocumented() {
        assertThat(BrokerSettings.of(DATA))
                .isEqualTo(new BrokerSettings(
                        "evenkeel", "127.0.0.1", 61616, DATA, List.of(), 64 << 20, 4 << 20, 64 << 20));
        assertThat(BrokerSettings.of(DATA).passwordFile()).isEqualTo(DATA.resolve("password"));
    }

    @Test
    @DisplayName("each rule of the settings refuses its violation")
    void shouldRefuseEachViolation() {
        var fine = BrokerSettings.of(DATA);
        assertThatThrownBy(() -> fine.withPort(65536)).hasMessageContaining("65536");
        assertThatThrownBy(() -> fine.withPort(-1)).hasMessageContaining("-1");
        assertThatThrownBy(() -> fine.withExclusive("#")).hasMessageContaining("matches all");
        assertThatThrownBy(() -> fine.withExclusive(" ")).hasMessageContaining("blank");
        assertThatThrownBy(() -> new BrokerSettings("", "h", 1, DATA, List.of(), 1 << 20, 1 << 20, 0))
                .hasMessageContaining("name");
        assertThatThrownBy(() -> new BrokerSettings("n", "h", 1, DATA, List.of(), 1 << 20, 2 << 20, 0))
                .hasMessageContaining("pageBytes");
        assertThatThrownBy(() -> new BrokerSettings("n", "h", 1, DATA, List.of(), 1 << 20, 1 << 20, -1))
                .hasMessageContaining("minDiskFreeBytes");
    }

    @Test
    @DisplayName("arguments become settings, and a wrong one is named")
    void shouldParseArguments() {
        assertThat(BrokerMain.parse(
                        new String[] {"--port", "0", "--data", "d", "--exclusive", "a", "--exclusive", "b.#"}))
                .isEqualTo(BrokerSettings.of(Path.of("d")).withPort(0).withExclusive("a", "b.#"));
        assertThatThrownBy(() -> BrokerMain.parse(new String[] {"--port"})).hasMessageContaining("--port");
        assertThatThrownBy(() -> BrokerMain.parse(new String[] {"--port", "x"})).hasMessageContaining("\"x\"");
        assertThatThrownBy(() -> BrokerMain.parse(new String[] {"--prot", "1"})).hasMessageContaining("--prot");
    }
}
