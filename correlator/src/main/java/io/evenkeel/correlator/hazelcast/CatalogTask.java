// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.hazelcast;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.HazelcastInstanceAware;
import io.evenkeel.correlator.catalog.Answer;
import io.evenkeel.correlator.catalog.NodeState;
import io.evenkeel.correlator.catalog.Question;
import io.evenkeel.correlator.catalog.RegisterCodec;
import io.evenkeel.runtime.hazelcast.Grid;
import java.io.Serializable;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/** Carries a question about the catalog to a node, and its answer back. */
final class CatalogTask implements Callable<byte[]>, Serializable, HazelcastInstanceAware {
    private static final long serialVersionUID = 1L;

    private final Question.Kind kind;
    private final String change;
    private final int attempt;
    private final long revision;
    private final byte @Nullable [] catalog;
    private transient @Nullable HazelcastInstance grid;

    CatalogTask(Question question) {
        this.kind = question.kind();
        this.change = question.change();
        this.attempt = question.attempt();
        this.revision = question.revision();
        this.catalog = question.catalog();
    }

    @Override
    public void setHazelcastInstance(HazelcastInstance instance) {
        grid = instance;
    }

    @Override
    public byte[] call() {
        GridCatalog here = GridCatalog.of(grid);
        return RegisterCodec.encodeAnswer(
                here == null
                        ? Answer.about(name(), NodeState.STARTING, "")
                        : here.node().answer(new Question(kind, change, attempt, revision, catalog)));
    }

    private String name() {
        HazelcastInstance instance = grid;
        return instance == null ? "" : Grid.nameOf(instance.getCluster().getLocalMember());
    }
}
