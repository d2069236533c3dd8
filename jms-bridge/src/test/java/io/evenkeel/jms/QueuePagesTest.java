// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.jms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evenkeel.jms.tool.PublishSettings;
import io.evenkeel.jms.tool.QueuePublisher;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class QueuePagesTest {
    private static final String QUEUE = "flights.rejected";

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
    @DisplayName("a queue is read page by page, what cannot be read is told with its reason, and nothing is taken")
    void shouldReadWithoutTaking() throws Exception {
        publish("Flight", "{\"number\":1,\"origin\":\"LHR\"}", "no JSON", "{\"number\":2,\"origin\":\"LHR\"}");
        publish("Ship", "{\"number\":3,\"origin\":\"LHR\"}");
        publish(null, "{\"number\":4,\"origin\":\"LHR\"}");

        try (QueuePages pages = QueuePages.open(broker.settings(), QUEUE, new FlightDecoding(), null)) {
            QueuePages.Page first = pages.next(2);
            assertThat(first.events()).extracting(InboundEvent::eventId).containsExactly("1");
            assertThat(first.events().get(0).ingressMs()).isPositive();
            assertThat(first.refused()).extracting(Refusal::reason).containsExactly("NOT_JSON");
            QueuePages.Page second = pages.next(100);
            assertThat(second.events()).extracting(InboundEvent::eventId).containsExactly("2");
            assertThat(second.refused()).extracting(Refusal::reason).containsExactly("UNKNOWN_TYPE", "NO_TYPE");
            assertThat(pages.next(100).messages()).isZero();
        }
        try (QueuePages pages = QueuePages.open(broker.settings(), QUEUE, new FlightDecoding(), "Flight")) {
            assertThat(pages.next(100).events())
                    .extracting(InboundEvent::eventId)
                    .containsExactly("1", "2", "4");
        }
        assertThat(broker.depth(QUEUE)).isEqualTo(5);
        assertThat(broker.inDelivery(QUEUE)).isZero();
    }

    @Test
    @DisplayName("a queue that is not there is a failure that names it")
    void shouldRefuseUnknownQueue() {
        assertThatThrownBy(() -> QueuePages.open(broker.settings(), "nothing", new FlightDecoding(), null))
                .isInstanceOf(BrokerFailedException.class)
                .hasMessage("Expected to look through queue nothing, but: the broker has no queue nothing");
    }

    private void publish(@Nullable String type, String... lines) throws InterruptedException {
        PublishSettings settings = PublishSettings.to(QUEUE, type).withIdField("number");
        try (QueuePublisher publisher = new QueuePublisher(broker.settings(), settings)) {
            assertThat(publisher.publish(List.of(lines).iterator(), batch -> {}).failed())
                    .isZero();
        }
    }
}
