// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.hazelcast;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.hazelcast.internal.partition.MigrationStateImpl;
import com.hazelcast.internal.partition.ReplicaMigrationEventImpl;
import com.hazelcast.internal.partition.impl.InternalPartitionServiceImpl;
import com.hazelcast.jet.impl.util.Util;
import com.hazelcast.partition.ReplicaMigrationEvent;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class CopyRetriesTest {
    /** Nobody else resumes what the test paused: Hazelcast does so itself only after a failure of its own. */
    private static final Duration SOON = Duration.ofSeconds(60);

    private static final ReplicaMigrationEvent FAILURE =
            new ReplicaMigrationEventImpl(new MigrationStateImpl(), 0, 1, null, null, false, 0);

    @Test
    @DisplayName(
            "F1 a copy that could not be made is made soon again, and one that never can be at Hazelcast's own pace")
    void resumes() {
        try (TestGrid grid = new TestGrid(1, 0, 4)) {
            InternalPartitionServiceImpl copies = (InternalPartitionServiceImpl)
                    Util.getNodeEngine(grid.member(0)).getPartitionService();
            CopyRetries retries = new CopyRetries(grid.member(0), () -> 0);
            for (int failure = 0; failure < 12; failure++) {
                copies.pauseMigration();
                retries.replicaMigrationFailed(FAILURE);
                await().atMost(SOON).until(copies::areMigrationTasksAllowed);
            }

            copies.pauseMigration();
            retries.replicaMigrationFailed(FAILURE);
            await().during(Duration.ofMillis(300)).until(() -> !copies.areMigrationTasksAllowed());
            assertThat(copies.areMigrationTasksAllowed()).isFalse();
        }
    }
}
