// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.jms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evenkeel.jms.tool.QueueReader;
import io.evenkeel.jms.tool.ReceivedText;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class MatchForwarderTest {
    private TestBroker broker;

    @BeforeEach
    void start(@TempDir Path folder) throws Exception {
        broker = new TestBroker(folder);
    }

    @AfterEach
    void stop() {
        broker.close();
    }

    @Test
    @DisplayName("matches that are sent again, all or some of them, are there once and in order")
    void shouldSendEachOnce() throws Exception {
        try (MatchForwarder forwarder = MatchForwarder.open(broker.settings())) {
            forwarder.send(matches(0, 500));
            forwarder.send(matches(0, 500));
            forwarder.send(matches(490, 510));
            forwarder.send(matches(510, 520));
        }

        List<ReceivedText> received = take(520);
        assertThat(received)
                .extracting(ReceivedText::text)
                .containsExactlyElementsOf(IntStream.range(0, 520)
                        .mapToObj(MatchForwarderTest::body)
                        .toList());
        assertThat(received.get(7).properties())
                .containsEntry("evenkeelMatchId", "q/i|c7|0")
                .containsEntry("MESSAGE_TYPE", "High");
    }

    @Test
    @DisplayName("the broker knows what was sent after its restart, too")
    void shouldOutliveTheBroker() throws Exception {
        try (MatchForwarder forwarder = MatchForwarder.open(broker.settings())) {
            forwarder.send(matches(0, 20));
            broker.stop();
            assertThatThrownBy(() -> forwarder.send(matches(10, 30))).isInstanceOf(BrokerFailedException.class);
        }
        assertThatThrownBy(() -> MatchForwarder.open(broker.settings()))
                .isInstanceOf(BrokerFailedException.class)
                .hasMessageStartingWith("Expected to reach broker main, but: ");
        broker.start();
        try (MatchForwarder forwarder = MatchForwarder.open(broker.settings())) {
            forwarder.send(matches(10, 30));
        }

        assertThat(take(30))
                .extracting(ReceivedText::text)
                .containsExactlyElementsOf(IntStream.range(0, 30)
                        .mapToObj(MatchForwarderTest::body)
                        .toList());
    }

    private static List<OutboundMatch> matches(int from, int to) {
        return IntStream.range(from, to)
                .mapToObj(number -> new OutboundMatch(
                        "queue:mirror",
                        Map.of("evenkeelMatchId", "q/i|c" + number + "|0", "MESSAGE_TYPE", "High"),
                        body(number),
                        true))
                .toList();
    }

    private static String body(int number) {
        return "{\"n\":" + number + "}";
    }

    /** All that is there; one more than so many if there are more. */
    private List<ReceivedText> take(int count) throws Exception {
        List<ReceivedText> received = new ArrayList<>();
        try (QueueReader reader = new QueueReader(broker.settings(), "mirror")) {
            reader.read(count + 1, Duration.ofMillis(300), received::add);
        }
        return received;
    }
}
