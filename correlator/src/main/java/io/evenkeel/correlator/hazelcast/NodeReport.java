// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.hazelcast;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.evenkeel.correlator.guarantee.Guarantees;
import io.evenkeel.correlator.http.ClusterStatus.ReceiverRow;
import io.evenkeel.correlator.http.ClusterStatus.ShardRow;
import java.util.List;

/** What a node tells the others about its process, catalog, shards, receivers, and what it guarantees. */
record NodeReport(
        String node,
        long pid,
        long startedMs,
        long catalogRevision,
        String catalogHash,
        List<ShardRow> shards,
        List<ReceiverRow> receivers,
        Guarantees guarantees) {
    private static final JsonMapper JSON = new JsonMapper();

    /** Of a node that is not a member yet. */
    static final NodeReport NONE = new NodeReport("", 0, 0, 0, "", List.of(), List.of(), Guarantees.UNKNOWN);

    static NodeReport parse(String json) {
        try {
            return JSON.readValue(json, NodeReport.class);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("Expected the report of a node, but got " + json, e);
        }
    }

    String json() {
        try {
            return JSON.writeValueAsString(this);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("A report is plain data and can be written", e);
        }
    }
}
