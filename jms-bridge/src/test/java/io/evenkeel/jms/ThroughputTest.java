// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.jms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.evenkeel.jms.tool.PublishSettings;
import io.evenkeel.jms.tool.QueuePublisher;
import io.evenkeel.query.Event;
import io.evenkeel.query.json.EventDecoder;
import jakarta.jms.Connection;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Prints what the loop costs beside a bare transacted drain; the numbers that count are taken in benchmarks. */
@Timeout(120)
class ThroughputTest {
    private static final int MESSAGES = 40_000;
    private static final int ROUNDS = 3;

    @Test
    @DisplayName(
            "the loop with a processor that does nothing drains a queue at no less than a third of the rate of a bare consumer")
    void shouldKeepUpWithABareDrain(@TempDir Path folder) throws Exception {
        try (ReceiverKit kit = new ReceiverKit(folder)) {
            double bestBare = 0;
            double bestDecoded = 0;
            double bestLoop = 0;
            for (int round = 0; round < ROUNDS; round++) {
                fill(kit, "bare");
                bestBare = Math.max(bestBare, bareDrain(kit, false));
                fill(kit, "bare");
                bestDecoded = Math.max(bestDecoded, bareDrain(kit, true));
                fill(kit, "flights");
                bestLoop = Math.max(bestLoop, loopDrain(kit));
            }
            System.out.printf(
                    "%nbare drain %,.0f/s, with decoding %,.0f/s, receiver %,.0f/s: %.2f and %.2f of these%n",
                    bestBare, bestDecoded, bestLoop, bestLoop / bestBare, bestLoop / bestDecoded);
            assertThat(bestLoop / bestBare).as("0.8 to 1.2 were seen").isGreaterThan(1 / 3.0);
            assertThat(kit.broker.depth("bare") + kit.broker.depth("flights")).isZero();
        }
    }

    private static void fill(ReceiverKit kit, String queue) throws InterruptedException {
        String padding = "x".repeat(60);
        try (QueuePublisher publisher = new QueuePublisher(
                kit.broker.settings(), PublishSettings.to(queue, "Flight").withBatch(1_000))) {
            publisher.publish(
                    IntStream.range(0, MESSAGES)
                            .mapToObj(i -> "{\"number\":" + i + ",\"origin\":\"LHR\",\"padding\":\"" + padding + "\"}")
                            .iterator(),
                    batch -> {});
        }
    }

    private static double bareDrain(ReceiverKit kit, boolean decoding) throws Exception {
        long characters = 0;
        EventDecoder decoder = new FlightDecoding().find("Flight").orElseThrow();
        try (Connection connection = kit.broker.connect();
                Session session = connection.createSession(true, Session.SESSION_TRANSACTED);
                MessageConsumer consumer = session.createConsumer(session.createQueue("bare"))) {
            long begun = System.nanoTime();
            for (int taken = 1; taken <= MESSAGES; taken++) {
                Message message = consumer.receive(5_000);
                String body = ((TextMessage) message).getText();
                characters += body.length();
                if (decoding) {
                    decoder.decode(body).fold(accepted -> accepted, refused -> fail(refused.message()));
                }
                if (taken % 1_000 == 0) {
                    session.commit();
                }
            }
            double perSecond = MESSAGES * 1e9 / (System.nanoTime() - begun);
            assertThat(characters).isGreaterThan(MESSAGES * 80L);
            return perSecond;
        }
    }

    private static double loopDrain(ReceiverKit kit) throws Exception {
        BatchProcessor idle = new BatchProcessor() {
            @Override
            public Optional<Refusal> refuse(Event event) {
                return Optional.empty();
            }

            @Override
            public BatchAnswer process(Batch batch) {
                return BatchAnswer.of(List.of());
            }
        };
        Receiver receiver = kit.start("node-1", ReceiverSettings.strict("flights", "flights", null), idle);
        kit.awaitPhase(receiver, ReceiverPhase.ACTIVE);
        long begun = System.nanoTime();
        while (receiver.status().committed() < MESSAGES && System.nanoTime() - begun < TimeUnit.SECONDS.toNanos(60)) {
            LockSupport.parkNanos(200_000);
        }
        double perSecond = MESSAGES * 1e9 / (System.nanoTime() - begun);
        assertThat(receiver.stop(Duration.ofSeconds(5))).isTrue();
        assertThat(receiver.status().committed()).isEqualTo(MESSAGES);
        return perSecond;
    }
}
