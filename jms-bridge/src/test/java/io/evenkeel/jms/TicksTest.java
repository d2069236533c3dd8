// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.jms;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class TicksTest {
    private ReceiverKit kit;

    @BeforeEach
    void start(@TempDir Path folder) throws Exception {
        kit = new ReceiverKit(folder);
    }

    @AfterEach
    void stop() {
        kit.close();
    }

    @Test
    @DisplayName("a tick is received from the tick queue only")
    void shouldTakeTicksFromTheTickQueue() throws Exception {
        RecordingProcessor ticks = new RecordingProcessor();
        RecordingProcessor processor = new RecordingProcessor();
        kit.start("node-1", ReceiverSettings.ofTicks("evenkeel.demo.ticks"), ticks);
        try (TickSender sender = new TickSender(kit.broker.settings(), "evenkeel.demo.ticks", kit.meters);
                TickSender misled = new TickSender(kit.broker.settings(), "flights", kit.meters)) {
            sender.offer("3,5,8");
            misled.offer("1");
            ReceiverKit.await("the tick is here", () -> !ticks.withItems().isEmpty());
            kit.start("node-1", ReceiverSettings.strict("flights", "flights", null), processor);
            ReceiverKit.await("the forged one is rejected", () -> kit.broker.depth("flights.rejected") == 1);
        }
        InboundTick tick = (InboundTick) ticks.withItems().get(0).items().get(0);
        assertThat(tick.payload()).isEqualTo("3,5,8");
        assertThat(tick.ingressMs()).isPositive();
        assertThat(processor.withItems()).isEmpty();
    }

    @Test
    @DisplayName("Q10 orders all arrive, however many are given at once; of ticks that wait the oldest are dropped")
    void shouldDropNoOrder() throws Exception {
        RecordingProcessor received = new RecordingProcessor();
        kit.start("node-1", ReceiverSettings.ofTicks("evenkeel.demo.ticks"), received);
        List<String> orders =
                IntStream.range(0, 300).mapToObj(number -> "order " + number).toList();
        try (TickSender sender = new TickSender(kit.broker.settings(), "evenkeel.demo.ticks", kit.meters)) {
            for (String order : orders) {
                sender.offer("tick");
                assertThat(sender.order(order)).isTrue();
            }
            ReceiverKit.await("all orders are here", () -> payloads(received).containsAll(orders));
        }
        assertThat(payloads(received)).filteredOn(orders::contains).containsExactlyElementsOf(orders);
    }

    private static List<String> payloads(RecordingProcessor received) {
        return received.withItems().stream()
                .flatMap(batch -> batch.items().stream())
                .map(item -> ((InboundTick) item).payload())
                .toList();
    }
}
