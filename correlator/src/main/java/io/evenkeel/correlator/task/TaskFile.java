// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.task;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.evenkeel.correlator.catalog.WholeFile;
import io.evenkeel.tasks.record.Stored;
import io.evenkeel.tasks.run.TaskDisk;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tasks, jobs and how far they have come, on a node's disk, in the same kind of file as the catalog. */
public final class TaskFile implements TaskDisk {
    private static final Logger LOG = LoggerFactory.getLogger(TaskFile.class);
    private static final JsonMapper JSON = new JsonMapper();
    private static final TypeReference<Map<String, Stored>> VALUES = new TypeReference<>() {};

    private final WholeFile<Map<String, Stored>> file;

    /** @param folder made if it is not there */
    public TaskFile(Path folder) {
        this.file = new WholeFile<>(folder, "tasks", TaskFile::decode);
    }

    private static Map<String, Stored> decode(byte[] bytes) {
        try {
            return JSON.readValue(bytes, VALUES);
        } catch (IOException e) {
            throw new IllegalArgumentException("it cannot be read: " + e.getMessage(), e);
        }
    }

    @Override
    public Map<String, Stored> read() {
        WholeFile.Found<Map<String, Stored>> found = file.read();
        found.findings().forEach(finding -> LOG.warn("{}", finding));
        Map<String, Stored> newest = new TreeMap<>();
        found.values()
                .forEach(values -> values.forEach((key, value) ->
                        newest.merge(key, value, (one, other) -> one.stamp() >= other.stamp() ? one : other)));
        return newest;
    }

    @Override
    public void store(Map<String, Stored> values) throws IOException {
        file.store(JSON.writeValueAsBytes(values));
    }
}
