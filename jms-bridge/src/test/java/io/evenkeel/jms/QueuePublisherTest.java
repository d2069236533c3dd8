// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.jms;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.jms.tool.PublishReport;
import io.evenkeel.jms.tool.PublishSettings;
import io.evenkeel.jms.tool.PublishedBatch;
import io.evenkeel.jms.tool.PublishedBatch.Outcome;
import io.evenkeel.jms.tool.QueuePublisher;
import io.evenkeel.jms.tool.ReceivedText;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class QueuePublisherTest {
    private final List<PublishedBatch> progress = new ArrayList<>();
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
    @DisplayName("each line becomes a message with its type and the id from its field, in order")
    void shouldPublishLines() throws Exception {
        PublishReport report = publish(
                PublishSettings.to("flights", "Flight").withIdField("id").withBatch(2),
                "{\"n\":{\"id\":9},\"id\":\"a\"}",
                "",
                "{\"id\":2}",
                "not JSON");

        assertThat(report).isEqualTo(new PublishReport(3, 0, 0));
        assertThat(progress)
                .containsExactly(
                        new PublishedBatch(1, 2, 0, Outcome.OK, ""), new PublishedBatch(4, 1, 1, Outcome.OK, ""));
        List<ReceivedText> taken = kit.take("flights", 10);
        assertThat(taken)
                .extracting(ReceivedText::text)
                .containsExactly("{\"n\":{\"id\":9},\"id\":\"a\"}", "{\"id\":2}", "not JSON");
        assertThat(taken).extracting(text -> text.properties().get("eventId")).containsExactly("a", "2", null);
        assertThat(taken).allMatch(text -> "Flight".equals(text.properties().get("MESSAGE_TYPE")));
    }

    @Test
    @DisplayName("without a broker a batch has failed for certain, and with patience it waits for one")
    void shouldTellThatNothingWasPublished() throws Exception {
        kit.broker.stop();
        PublishSettings settings = PublishSettings.to("flights", "Flight");

        assertThat(publish(settings.withPatience(Duration.ZERO), "{}")).isEqualTo(new PublishReport(0, 1, 0));
        assertThat(progress.get(0).failure()).isNotEmpty().doesNotContain(TestBroker.PASSWORD);

        Thread starter = new Thread(() -> {
            try {
                kit.broker.start();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
        starter.start();
        assertThat(publish(settings.withPatience(Duration.ofSeconds(30)), "{}")).isEqualTo(new PublishReport(1, 0, 0));
        starter.join();
    }

    @Test
    @DisplayName(
            "a batch whose commit is not answered is sent again if each of its events has an id, else its outcome is unknown")
    void shouldRepeatOnlyWhatIsRecognised() throws Exception {
        PublishSettings settings = PublishSettings.to("flights", "Flight")
                .withIdField("id")
                .withBatch(2)
                .withPatience(Duration.ofSeconds(30));

        kit.broker.loseNextAnswerToACommit();
        assertThat(publish(settings, "{\"id\":1}", "{\"id\":2}")).isEqualTo(new PublishReport(2, 0, 0));
        assertThat(kit.take("flights", 10))
                .extracting(text -> text.properties().get("eventId"))
                .as("the repeat is what a receiver recognises")
                .containsExactly("1", "2", "1", "2");

        kit.broker.loseNextAnswerToACommit();
        assertThat(publish(settings, "{\"id\":3}", "{}")).isEqualTo(new PublishReport(0, 0, 2));
        assertThat(progress.get(progress.size() - 1)).satisfies(batch -> {
            assertThat(batch.outcome()).isEqualTo(Outcome.UNKNOWN);
            assertThat(batch.withoutId()).isEqualTo(1);
        });
        assertThat(kit.take("flights", 10)).extracting(ReceivedText::text).containsExactly("{\"id\":3}", "{}");
    }

    @Test
    @DisplayName("a rate is kept")
    void shouldKeepTheRate() throws Exception {
        String[] lines = new String[200];
        java.util.Arrays.fill(lines, "{}");
        publish(PublishSettings.to("flights", null), "{}"); // connects; the first costs more
        long begun = System.nanoTime();

        publish(PublishSettings.to("flights", null).withRate(400), lines);

        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isGreaterThan(Duration.ofMillis(470));
        assertThat(kit.broker.depth("flights")).isEqualTo(201);
    }

    private PublishReport publish(PublishSettings settings, String... lines) throws InterruptedException {
        try (QueuePublisher publisher = new QueuePublisher(kit.broker.settings(), settings)) {
            return publisher.publish(List.of(lines).iterator(), progress::add);
        }
    }
}
