// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.itests.mixer;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.itests.kit.Await;
import io.evenkeel.itests.kit.NodeApi;
import io.evenkeel.itests.kit.NodeApi.Answer;
import io.evenkeel.itests.kit.NodeProcess;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A client that puts, edits and deletes definitions that are nobody else's, and repeats each request on other nodes until it
 * knows that it was done. For one thread.
 */
final class CatalogChanges {
    static final String QUEUE = "marked";
    /** Read the same events as the query that is compared, and give few matches. */
    static final String QUERY = """
            query: marked
            parameters: {mark: {type: integer}}
            inputs: [{event: Reading, key: [sensor], within: 1 minute}]
            epl: select sensor, seq, ?:mark as mark from Reading where amount >= 95
            output: {event: Marked, to: "queue:%s"}
            """.formatted(QUEUE);

    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final int MOST = 6;
    private static final int OK = 200;
    private static final int CREATED = 201;
    private static final int DELETED = 204;
    /** So that it is found in a definition's text, and nothing else is taken for it. */
    private static final int FIRST_MARK = 7_000_001;

    private final List<NodeProcess> nodes;
    /** Paths of what is there, and what marks its last version. */
    private final Map<String, Integer> present = new TreeMap<>();

    private final TreeSet<String> deleted = new TreeSet<>();
    private int mark = FIRST_MARK;
    private int requests;

    CatalogChanges(List<NodeProcess> nodes) {
        this.nodes = nodes;
    }

    /** Make one change. */
    void change(Random random) {
        int choice = random.nextInt(3);
        List<String> paths = new ArrayList<>(present.keySet());
        if (paths.isEmpty() || (choice == 0 && paths.size() < MOST)) {
            put(
                    random.nextBoolean() ? "/api/v1/queries/marked/instances/i" + mark : "/api/v1/queries/q" + mark,
                    CREATED);
            return;
        }
        String path = paths.get(random.nextInt(paths.size()));
        if (choice == 1) {
            put(path, OK);
        } else {
            request("DELETE", path + (isInstance(path) ? "" : "?cascade=true"), "", DELETED);
            present.remove(path);
            deleted.add(path);
        }
    }

    private void put(String path, int expected) {
        String name = path.substring(path.lastIndexOf('/') + 1);
        String yaml = isInstance(path)
                ? "{query: marked, instance: %s, parameters: {mark: %d}}".formatted(name, mark)
                : """
                query: %s
                inputs: [{event: Reading, key: [sensor], within: 1 minute}]
                epl: select sensor, seq, %d as mark from Reading where amount >= 95
                output: {event: Marked, to: "queue:%s"}
                """.formatted(name, mark, QUEUE);
        request("PUT", path, yaml, expected);
        present.put(path, mark++);
    }

    private static boolean isInstance(String path) {
        return path.contains("/instances/");
    }

    private void request(String method, String path, String yaml, int expected) {
        String key = "mixer-" + ++requests;
        int[] tries = {requests};
        Answer done = new Await(() -> {})
                .value(
                        "a node to answer " + method + " " + path,
                        LIMIT,
                        () -> "none could do it in " + (tries[0] - requests) + " tries",
                        () -> api(tries[0]++)
                                .send(method, path, yaml, "Idempotency-Key", key)
                                .filter(answer -> answer.status() != 503));
        // What was created by a try that got no answer is there for the next one.
        boolean repeated = tries[0] - requests > 1;
        assertThat(done.status())
                .as("%s %s, try %d: %s", method, path, tries[0] - requests, done.body())
                .isIn(expected, repeated && expected == CREATED ? OK : expected);
    }

    private NodeApi api(int number) {
        return nodes.get(number % nodes.size()).api();
    }

    /** Fail unless each node has what was put, in its last version, and nothing that was deleted. */
    void judge() {
        for (NodeProcess node : nodes) {
            present.forEach((path, last) -> assertThat(read(node, path))
                    .as("%s on %s", path, node.name())
                    .satisfies(answer -> assertThat(answer.status()).isEqualTo(200))
                    .satisfies(answer -> assertThat(answer.body()).contains(Integer.toString(last))));
            deleted.forEach(path -> assertThat(read(node, path).status())
                    .as("%s on %s", path, node.name())
                    .isEqualTo(404));
        }
    }

    private static Answer read(NodeProcess node, String path) {
        return node.api()
                .get(path)
                .orElseThrow(() -> new AssertionError("Expected " + node.name() + " to answer GET " + path));
    }
}
