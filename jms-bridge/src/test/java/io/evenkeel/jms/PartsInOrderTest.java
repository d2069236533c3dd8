// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.jms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.stream.LongStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class PartsInOrderTest {
    private final List<Long> processed = new CopyOnWriteArrayList<>();

    @Test
    @DisplayName("matches come in the order of the parts, whichever part is waited for")
    void shouldAnswerInOrder() throws Exception {
        try (PartsInOrder parts = new PartsInOrder("test", this::record)) {
            LongStream.rangeClosed(1, 4).forEach(number -> parts.submit(part(number)));

            assertThat(parts.await().matches()).extracting(OutboundMatch::body).containsExactly("1", "2", "3", "4");
            parts.submit(part(5));
            assertThat(parts.await().matches()).extracting(OutboundMatch::body).containsExactly("5");
        }
    }

    @Test
    @DisplayName(
            "after a part has failed no later one is processed, for it would be logged before the one that comes again")
    void shouldProcessNothingAfterAFailure() {
        try (PartsInOrder parts = new PartsInOrder("test", part -> {
            record(part);
            if (part.source().number() == 2) {
                throw new BatchFailedException("No owner", null);
            }
            return BatchAnswer.of(List.of());
        })) {
            LongStream.rangeClosed(1, 4).forEach(number -> parts.submit(part(number)));

            assertThatThrownBy(parts::await)
                    .isInstanceOf(BatchFailedException.class)
                    .hasMessage("No owner");
            parts.submit(part(5));
        }
        assertThat(processed).containsExactly(1L, 2L);
    }

    @Test
    @DisplayName("a part that throws what nobody expects fails the batch as well")
    void shouldFailOnAnyException() {
        try (PartsInOrder parts = new PartsInOrder("test", part -> {
            throw new IllegalStateException("broken");
        })) {
            parts.submit(part(1));

            assertThatThrownBy(parts::await)
                    .isInstanceOf(BatchFailedException.class)
                    .hasMessageContaining("broken");
        }
    }

    @Test
    @DisplayName("when it is closed nothing is under way any more")
    void shouldEndWhatIsUnderWayOnClose() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch never = new CountDownLatch(1);
        PartsInOrder parts = new PartsInOrder("test", part -> {
            begun.countDown();
            try {
                never.await();
                return BatchAnswer.of(List.of());
            } finally {
                record(part);
            }
        });
        parts.submit(part(1));
        parts.submit(part(2));
        begun.await();

        parts.close();

        assertThat(processed).containsExactly(1L);
    }

    private BatchAnswer record(Batch part) {
        processed.add(part.source().number());
        return BatchAnswer.of(List.of(new OutboundMatch(
                "queue:matches", Map.of(), Long.toString(part.source().number()))));
    }

    private static Batch part(long number) {
        return new Batch(new BatchSource("readings", "session", number, 0, false, true), List.of());
    }
}
