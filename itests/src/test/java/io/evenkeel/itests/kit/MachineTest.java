// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.itests.kit;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class MachineTest {
    private static final Optional<String> MISSING = Optional.of("a moon, but there is none (Debian: moon)");

    @Test
    @DisplayName("a test that lacks something is skipped, fails where that is required, and says what is missing")
    void shouldSkipOrFail() {
        assertThatCode(() -> Machine.require(Optional.empty(), "X", true)).doesNotThrowAnyException();
        assertThatThrownBy(() -> Machine.require(MISSING, "X", false))
                .isInstanceOf(RuntimeException.class)
                .hasMessageContaining("Debian: moon");
        assertThatThrownBy(() -> Machine.require(MISSING, "X", true))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("Debian: moon")
                .hasMessageContaining("X=true");
    }
}
