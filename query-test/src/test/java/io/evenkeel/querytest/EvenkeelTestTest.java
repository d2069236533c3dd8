// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.querytest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectMethod;

import io.evenkeel.querytest.junit.EvenkeelTest;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary;

@DisplayName("@EvenkeelTest")
@EvenkeelTest("../queries/card-velocity/query.yaml")
class EvenkeelTestTest {

    @Test
    @DisplayName("gives each test a trial of its own of the definitions that its class names")
    void shouldInjectTrial(QueryTrial trial) {
        assertThat(trial.events()).isEmpty();
        trial.publish("CardPayment", Map.of("card", "c1", "amount", 6000, "shop", "cars"));
        assertThat(trial.matches())
                .extracting(match -> match.instance().name())
                .containsExactlyInAnyOrder("consumer", "company");
    }

    @Test
    @DisplayName("runs the instances that a test names, in place of those of the files")
    @EvenkeelTest(instances = "card-velocity/eager:payments=2")
    void shouldChooseInstance(QueryTrial trial) {
        trial.publish("CardPayment", Map.of("card", "c1", "amount", 1, "shop", "kiosk"));
        trial.publish("CardPayment", Map.of("card", "c1", "amount", 1, "shop", "kiosk"));
        trial.expect("{\"instance\": \"eager\", \"fields\":"
                + " {\"card\": \"c1\", \"lastShop\": \"kiosk\", \"payments\": 2, \"total\": 2}}");
    }

    @Nested
    class InAClassWithin {
        @Test
        @DisplayName("publishes a file of events and expects a file of matches")
        @EvenkeelTest(
                events = "../queries/card-velocity/events.jsonl",
                expected = "../queries/card-velocity/expected.jsonl")
        void shouldExpectFile(QueryTrial trial) {
            assertThat(trial.events()).hasSize(8);
        }
    }

    @Test
    @DisplayName("shows the events and matches of a test that fails, beside its own message")
    void shouldShowEvidence() {
        Throwable failure = failureOf("failsByItself");

        assertThat(failure).hasMessage("mine");
        assertThat(Arrays.toString(failure.getSuppressed()))
                .contains("1 events", "\"lastShop\":\"cars\"", "2 matches")
                .contains("{\"event\":\"CardPayment\",\"id\":\"e1\"");
    }

    @Test
    @DisplayName("fails a test whose matches are others than its file expects, and says which")
    void shouldFailOnUnexpected() {
        assertThat(failureOf("failsByItsFile")).hasMessageContaining("4 are missing and 0 are unexpected");
    }

    @Test
    @DisplayName("says what is missing if no file is named")
    void shouldAskForFiles() {
        assertThat(failureOf("namesNoFile")).hasMessageContaining("Write @EvenkeelTest({");
    }

    private static Throwable failureOf(String method) {
        SummaryGeneratingListener listener = new SummaryGeneratingListener();
        LauncherFactory.create()
                .execute(
                        LauncherDiscoveryRequestBuilder.request()
                                .selectors(selectMethod(
                                        method.equals("namesNoFile") ? NoFiles.class : Failing.class,
                                        method,
                                        QueryTrial.class.getName()))
                                .build(),
                        listener);
        TestExecutionSummary summary = listener.getSummary();
        assertThat(summary.getTestsFailedCount()).isEqualTo(1);
        return summary.getFailures().get(0).getException();
    }

    /** Run by the tests above only: its name is none that the build looks for. */
    @EvenkeelTest("../queries/card-velocity/query.yaml")
    static final class Failing {
        @Test
        void failsByItself(QueryTrial trial) {
            trial.publish("CardPayment", Map.of("card", "c1", "amount", 6000, "shop", "cars"));
            throw new AssertionError("mine");
        }

        @Test
        @EvenkeelTest(expected = "../queries/card-velocity/expected.jsonl")
        void failsByItsFile(QueryTrial trial) {
            assertThat(trial.matches()).isEmpty();
        }
    }

    /** As {@link Failing}. */
    @EvenkeelTest
    static final class NoFiles {
        @Test
        void namesNoFile(QueryTrial trial) {
            assertThat(trial.matches()).isEmpty();
        }
    }
}
