// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.hazelcast;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class OpenWritesTest {
    private final OpenWrites writes = new OpenWrites();

    @Test
    @DisplayName("a write that waits for a node that left fails soon, one that began afterwards does not")
    void failsWhatWaitsForADeadNode() {
        CompletableFuture<Long> before = writes.watch(new CompletableFuture<>());
        writes.left("node-2");
        CompletableFuture<Long> own = new CompletableFuture<>();
        CompletableFuture<Long> after = writes.watch(own);

        assertThat(before)
                .failsWithin(10, TimeUnit.SECONDS)
                .withThrowableThat()
                .withCauseInstanceOf(NodeLeftException.class)
                .withMessageContaining("node-2");
        assertThat(after).isNotDone();
        own.complete(7L);
        assertThat(after).isCompletedWithValue(7L);
    }

    @Test
    @DisplayName("a write that is answered in the moment after a node left has its answer")
    void keepsWhatIsAnswered() {
        CompletableFuture<Long> own = new CompletableFuture<>();
        CompletableFuture<Long> watched = writes.watch(own);
        writes.left("node-2");
        own.complete(7L);

        assertThat(watched).isCompletedWithValue(7L);
    }

    @Test
    @DisplayName("a write that fails by itself fails with its own cause")
    void passesFailuresOn() {
        CompletableFuture<Long> watched =
                writes.watch(CompletableFuture.failedFuture(new IllegalStateException("as the test wants it")));

        assertThat(watched)
                .failsWithin(10, TimeUnit.SECONDS)
                .withThrowableThat()
                .withMessageContaining("as the test wants it");
    }
}
