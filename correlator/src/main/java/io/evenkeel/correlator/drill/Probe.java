// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.drill;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.evenkeel.client.ChangeOptions;
import io.evenkeel.client.ChangeSteps;
import io.evenkeel.client.DefinitionId;
import io.evenkeel.correlator.verdict.ExpectedMatch;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The event type and the query of one drill, its events, and what they must give: of each event one match, with how many
 * of its key there were until then. A lost event shows in all later matches of its key, and so does lost history.
 *
 * @param id      of the drill, a part of all its names
 * @param ordered whether the queue's receivers keep order; if not, matches do not tell the number
 */
record Probe(String id, int events, boolean ordered) {
    /** One for all drills, so that no queue is left behind by each. */
    static final String OUTPUT_QUEUE = "evenkeel.drill";

    private static final String INSTANCE = "default";
    private static final int KEYS = 40;
    private static final ObjectMapper JSON = new ObjectMapper();

    String eventType() {
        return "EvenkeelDrill" + id;
    }

    String query() {
        return "evenkeel-drill-" + id;
    }

    ChangeSteps puts() {
        ObjectNode type = JSON.createObjectNode().put("event", eventType());
        type.putObject("fields").put("id", "string").put("item", "string").put("n", "integer");
        ObjectNode definition = JSON.createObjectNode()
                .put("query", query())
                .put("description", "A drill; it is deleted when the drill ends.");
        ObjectNode input = definition.putArray("inputs").addObject();
        ArrayNode key = input.put("event", eventType()).put("within", "1 hour").putArray("key");
        key.add("item");
        definition.put("epl", "select n" + (ordered ? ", count(*) as seen" : "") + " from " + eventType());
        definition.putObject("output").put("event", "EvenkeelDrillMatch").put("to", "queue:" + OUTPUT_QUEUE);
        return new ChangeSteps().put(type).put(definition);
    }

    ChangeSteps deletions() {
        return new ChangeSteps()
                .delete(DefinitionId.query(query()), ChangeOptions.cascading())
                .delete(DefinitionId.event(eventType()));
    }

    List<String> lines() {
        List<String> lines = new ArrayList<>();
        for (int n = 0; n < events; n++) {
            lines.add(JSON.createObjectNode()
                    .put("id", id + "-" + n)
                    .put("item", item(n))
                    .put("n", n)
                    .toString());
        }
        return lines;
    }

    List<ExpectedMatch> expected() {
        List<ExpectedMatch> expected = new ArrayList<>();
        for (int n = 0; n < events; n++) {
            Map<String, Object> columns = new LinkedHashMap<>();
            columns.put("n", n);
            if (ordered) {
                columns.put("seen", n / KEYS + 1);
            }
            expected.add(new ExpectedMatch(query(), INSTANCE, item(n), n, columns));
        }
        return expected;
    }

    private static String item(int n) {
        return "probe-" + n % KEYS;
    }
}
