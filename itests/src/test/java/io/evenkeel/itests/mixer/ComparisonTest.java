// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.itests.mixer;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.itests.kit.ReceivedMatch;
import io.evenkeel.itests.kit.Seed;
import io.evenkeel.itests.kit.Verdict;
import io.evenkeel.itests.mixer.Load.Reading;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Three events of a key are expected each time; then matches are not as they should be. */
@DisplayName("The comparison of a long run finds")
class ComparisonTest {
    private final Comparison comparison = new Comparison();

    @BeforeEach
    void expectThree() {
        comparison.expect(new Reading("s1-0", "s1", 0, 10));
        comparison.expect(new Reading("s1-1", "s1", 1, 5));
        comparison.expect(new Reading("s1-2", "s1", 2, 1));
    }

    @AfterEach
    void close() {
        comparison.close();
    }

    private void see(String id, int seq, int n, int total) {
        comparison.see(new ReceivedMatch(
                Comparison.QUEUE,
                id,
                "recent/default",
                "s1",
                "s1-" + seq,
                "{\"n\":%d,\"sensor\":\"s1\",\"seq\":%d,\"total\":%d}".formatted(n, seq, total),
                true,
                1 + seq));
    }

    private Verdict verdict() {
        return comparison.verdict(new Seed(1));
    }

    @Test
    @DisplayName("nothing where all is as it should be")
    void shouldAgree() {
        see("m0", 0, 1, 10);
        see("m1", 1, 2, 15);
        assertThat(comparison.complete()).isFalse();
        see("m2", 2, 3, 16);

        assertThat(comparison.complete()).isTrue();
        assertThat(comparison.agrees()).isTrue();
        assertThat(verdict().complete()).isTrue();
        assertThat(verdict().expected()).isEqualTo(3);
    }

    @Test
    @DisplayName("a match that did not come, and only that")
    void shouldFindLoss() {
        see("m0", 0, 1, 10);
        see("m2", 2, 3, 16);

        assertThat(comparison.agrees()).isFalse();
        assertThat(verdict().lost()).singleElement().asString().contains("\"seq\":1");
        assertThat(verdict().phantom()).isEmpty();
    }

    @Test
    @DisplayName("a match that was published twice under its id")
    void shouldFindDuplicate() {
        see("m0", 0, 1, 10);
        see("m1", 1, 2, 15);
        see("m0", 0, 1, 10);
        see("m2", 2, 3, 16);

        assertThat(verdict().duplicate()).singleElement().asString().contains("m0");
        assertThat(verdict().complete()).isFalse();
    }

    @Test
    @DisplayName("a match of an event that counted twice")
    void shouldFindPhantom() {
        see("m0", 0, 1, 10);
        see("m1", 1, 2, 15);
        see("m2", 1, 3, 20);
        see("m3", 2, 3, 16);

        assertThat(verdict().phantom()).singleElement().asString().contains("\"total\":20");
        assertThat(verdict().lost()).isEmpty();
    }

    @Test
    @DisplayName("matches of a key in another order")
    void shouldFindDisorder() {
        see("m0", 0, 1, 10);
        see("m2", 2, 3, 16);
        see("m1", 1, 2, 15);

        assertThat(verdict().complete()).isTrue();
        assertThat(verdict().disorder()).hasSize(1);
    }
}
