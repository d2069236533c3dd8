// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.task;

import com.fasterxml.jackson.databind.JsonNode;
import io.evenkeel.query.json.ExactJson;
import io.evenkeel.tasks.run.JobContext;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a run has to do with the cluster, in memory. It is told to stop when it wants to wait. For one thread. */
final class MemoryContext implements JobContext {
    private final JsonNode settings;
    final List<Duration> pauses = new ArrayList<>();
    final List<JsonNode> checkpoints = new ArrayList<>();
    final List<String> results = new ArrayList<>();

    @Nullable
    JsonNode checkpoint;

    MemoryContext(String json) {
        this.settings = read(json);
    }

    static JsonNode read(String json) {
        try {
            return ExactJson.MAPPER.readTree(json);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public String name() {
        return "mine";
    }

    @Override
    public JsonNode settings() {
        return settings;
    }

    @Override
    public @Nullable JsonNode checkpoint() {
        return checkpoint;
    }

    @Override
    public void checkpoint(JsonNode reached, long done, long total) {
        checkpoint = reached;
        checkpoints.add(reached);
    }

    @Override
    public void requireHere() {
        // It always is.
    }

    @Override
    public void pause(Duration length) throws InterruptedException {
        if (!length.isZero()) {
            pauses.add(length);
            throw new InterruptedException("it would wait");
        }
    }

    @Override
    public void result(String line) {
        results.add(line);
    }

    @Override
    public void progress(long done, long total) {
        // Nobody looks at it.
    }
}
