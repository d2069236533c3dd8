// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.hazelcast;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.hazelcast.core.HazelcastInstance;
import io.evenkeel.correlator.catalog.CatalogUnavailableException;
import io.evenkeel.correlator.catalog.NodeState;
import io.evenkeel.correlator.catalog.Nodes.NodeRef;
import io.evenkeel.correlator.catalog.Question;
import io.evenkeel.correlator.demo.FreePorts;
import io.evenkeel.runtime.hazelcast.Grid;
import io.evenkeel.runtime.hazelcast.GridSettings;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class GridNodesTest {
    @Test
    @DisplayName(
            "F21 with seed 4019164969: who changes the catalog through a node that is leaving is told to ask another one")
    void shouldTellThatItLeaves() {
        int port = FreePorts.take(1).get(0);
        HazelcastInstance grid = Grid.start(new GridSettings(
                "nodes-" + port, "n1", "127.0.0.1", port, List.of("127.0.0.1:" + port), 0, 8, 1, true, true, 0));
        GridNodes nodes = new GridNodes(grid);
        NodeRef self = nodes.self();
        assertThat(nodes.members()).containsExactly(self);

        grid.shutdown();

        assertThatExceptionOfType(CatalogUnavailableException.class)
                .isThrownBy(nodes::self)
                .withMessageContaining("it is leaving");
        assertThatExceptionOfType(CatalogUnavailableException.class).isThrownBy(nodes::members);
        Question question = new Question(Question.Kind.KEPT, "", 0, 0, null);
        assertThat(nodes.ask(self, question, Duration.ofSeconds(1))
                        .join()
                        .outcome()
                        .state())
                .isEqualTo(NodeState.SILENT);
    }
}
