// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.itests;

import static io.evenkeel.itests.kit.ClusterPlan.aCluster;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.evenkeel.itests.kit.Cluster;
import io.evenkeel.itests.kit.Evidence;
import io.evenkeel.itests.kit.NodeProcess;
import io.evenkeel.itests.kit.Publishing;
import io.evenkeel.itests.kit.ReceivedMatch;
import io.evenkeel.itests.kit.Seed;
import io.evenkeel.itests.kit.Tasks;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.h2.tools.Server;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A task that forwards matches to a database, while its nodes die, freeze and are left alone. */
@DisplayName("A forward task")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class TasksIT {
    private static final Seed SEED = Seed.ofRun();
    /** {@code -Devenkeel.kills=20} for the long run. */
    private static final int KILLS = Integer.getInteger("evenkeel.kills", 4);

    private static final int RATE = 300;
    private static final int REDISTRIBUTE_SECONDS = 25;
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final String TASK = "to-table";
    private static final String DOCUMENTS = """
            event: Reading
            fields: {id: string, sensor: string, amount: integer}
            ---
            query: high
            inputs: [{event: Reading, key: [sensor], retain: 3}]
            epl: select id, count(*) as n from Reading where amount >= 50
            output: {event: High, to: "queue:high"}
            """;

    /** Into another table than the task that is judged. */
    private static final String ELSEWHERE = "settings: {query: high, database: matches, table: other_matches}\n";

    @RegisterExtension
    static final Evidence EVIDENCE = new Evidence();

    private static Server database;
    private static String url;
    private static Cluster cluster;
    private static Tasks tasks;

    @BeforeAll
    static void start() throws SQLException, IOException {
        System.out.println("repeat: " + SEED.repeat(TasksIT.class));
        Files.createDirectories(EVIDENCE.folder());
        Path password = Files.writeString(EVIDENCE.folder().resolve("database-password"), "secret\n");
        database = Server.createTcpServer("-tcpPort", "0", "-ifNotExists").start();
        // In the memory of the server, which outlives all nodes: its file was found corrupt once, and this is not a
        // test of it.
        url = "jdbc:h2:tcp://127.0.0.1:" + database.getPort() + "/mem:matches;DB_CLOSE_DELAY=-1";
        cluster = aCluster()
                .withShards(8)
                .withBatch(100)
                .withInput("readings", "Reading")
                .withOutput("high")
                .withDocuments(DOCUMENTS)
                .withSettings(
                        "tasks: {redistributeAfter: %d s, databases: {matches: {url: \"%s\", user: sa, passwordFile: \"%s\"}}}%n"
                                .formatted(REDISTRIBUTE_SECONDS, url, password))
                .start(EVIDENCE.folder(), SEED);
        cluster.expectErrors("claims mastership but it is not a member");
        tasks = new Tasks(cluster);
        tasks.put(TASK, """
                task: to-table
                kind: forward
                settings: {query: high, database: matches, table: high_matches}
                """);
    }

    @AfterAll
    static void stop() {
        cluster.close();
        database.stop();
    }

    @Test
    @Order(1)
    @DisplayName("T9 has each match as one row, though its node is killed again and again while it writes")
    void shouldWriteEachMatchOnce() throws SQLException {
        for (int kill = 0; kill < KILLS; kill++) {
            Publishing load = cluster.publishing("readings", readings("k" + kill + "-", 8 * RATE), RATE);
            long before = rows();
            cluster.await("rows to be written", SOON, () -> rows() > before + 50);
            NodeProcess victim = tasks.awaitRunner(TASK);
            cluster.kill(victim);
            long killed = System.nanoTime();
            long then = rows();
            cluster.await("rows of another node", SOON, () -> rows() > then);
            System.out.println("task gap after kill of " + victim.name() + ": "
                    + (System.nanoTime() - killed) / 1_000_000 + " ms");
            cluster.restartDead();
            load.await(SOON);
        }
        judge();
    }

    @Test
    @Order(2)
    @DisplayName(
            "T6 T7 T8 that is pinned waits for its node and goes on there where it stopped; away for long, it moves")
    void shouldStayWithItsNode() throws SQLException {
        NodeProcess mentor = cluster.nodes().get(1);
        tasks.order(TASK, "pin?node=" + mentor.name());
        tasks.awaitSlot(TASK, "on its mentor", slot -> runsOn(slot, mentor));
        cluster.publish("readings", readings("p1", 500));
        JsonNode before = awaitForwarded();

        cluster.kill(mentor);
        tasks.awaitSlot(TASK, "waiting", slot -> slot.path("state").asText().equals("WAITING_FOR_NODE"));
        long written = rows();
        cluster.publish("readings", readings("p2", 500));
        cluster.hold("its node being away", Duration.ofSeconds(3));
        assertThat(rows()).as("nobody else writes").isEqualTo(written);
        cluster.restartDead();
        JsonNode after = tasks.awaitSlot(TASK, "on its mentor again", slot -> runsOn(slot, mentor));
        assertThat(after.path("done").asLong())
                .isGreaterThanOrEqualTo(before.path("done").asLong());
        awaitForwarded();

        cluster.kill(mentor);
        JsonNode moved = tasks.awaitSlot(
                TASK,
                "on another node",
                slot -> slot.path("state").asText().equals("RUNNING") && !runsOn(slot, mentor));
        assertThat(moved.path("fence").asLong())
                .isGreaterThan(after.path("fence").asLong());
        cluster.restartDead();
        tasks.order(TASK, "unpin");
        judge();
    }

    @Test
    @Order(3)
    @DisplayName("T4 whose node is frozen runs on another one; the woken node finds that and stops")
    void shouldStopWhenWoken() throws SQLException {
        NodeProcess victim = tasks.awaitRunner(TASK);
        Publishing load = cluster.publishing("readings", readings("f", 15 * RATE), RATE);
        long before = rows();
        cluster.await("rows to be written", SOON, () -> rows() > before + 50);
        long fence = tasks.slot(TASK).orElseThrow().path("fence").asLong();

        long stops = letGo(victim);
        victim.freeze();
        try {
            tasks.awaitSlot(
                    TASK,
                    "on another node",
                    slot -> slot.path("state").asText().equals("RUNNING")
                            && !runsOn(slot, victim)
                            && slot.path("fence").asLong() > fence);
            long then = rows();
            cluster.await("rows of another node", SOON, () -> rows() > then + 50);
        } finally {
            victim.thaw();
        }
        cluster.await("the woken node to stop its task", SOON, () -> letGo(victim) > stops);
        load.await(SOON);
        cluster.awaitWhole();
        judge();
    }

    @Test
    @Order(4)
    @DisplayName("T5 runs nowhere without a majority: the node that is left stops it by itself")
    void shouldStopInMinority() throws SQLException {
        // Where it belongs, and where it goes back to in the midst of the load, some seconds after that node is there
        // again.
        NodeProcess home = tasks.home(TASK);
        tasks.awaitSlot(TASK, "at home", slot -> runsOn(slot, home));
        cluster.kill(home);
        NodeProcess last = tasks.awaitRunner(TASK);
        String told = "Stops to-table: fewer than cluster.minimum=2 nodes are here";
        long before = last.logged(told);
        cluster.nodes().stream().filter(node -> node != last && node.isAlive()).forEach(cluster::kill);
        cluster.await("the last node to stop its task", SOON, () -> last.logged(told) > before);
        cluster.restartDead();
        tasks.awaitRunner(TASK);
        cluster.publishing("readings", readings("m", 10 * RATE), RATE).await(SOON);
        tasks.awaitSlot(TASK, "at home", slot -> runsOn(slot, home));
        judge();
    }

    @Test
    @Order(5)
    @DisplayName(
            "T9 on each node runs on every node, on one that comes later too; five, at most two a node, are spread evenly")
    void shouldTakeItsShape() {
        cluster.restartDead();
        tasks.put("each", "task: each\nkind: forward\nrun: node\n" + ELSEWHERE);
        tasks.put("five", "task: five\nkind: forward\nrun: {total: 5, perNode: 2}\n" + ELSEWHERE);
        awaitRuns("each", 1, 1, 1);
        awaitRuns("five", 1, 2, 2);

        NodeProcess victim = cluster.nodes().get(2);
        cluster.kill(victim);
        awaitRuns("each", 1, 1);
        awaitRuns("five", 2, 2);

        cluster.restartDead();
        awaitRuns("each", 1, 1, 1);
        awaitRuns("five", 1, 2, 2);
    }

    @Test
    @Order(6)
    @DisplayName("T8 whose failover is off waits for its node, for longer than a pinned one would")
    void shouldWaitWithoutFailover() {
        tasks.put("own", "task: own\nkind: forward\nfailover: false\n" + ELSEWHERE);
        NodeProcess owner = tasks.awaitRunner("own");
        cluster.kill(owner);
        tasks.awaitSlot("own", "waiting", slot -> slot.path("state").asText().equals("WAITING_FOR_NODE"));
        cluster.hold("its node being away", Duration.ofSeconds(REDISTRIBUTE_SECONDS + 5));
        assertThat(tasks.slot("own").orElseThrow().path("state").asText()).isEqualTo("WAITING_FOR_NODE");
        cluster.restartDead();
        tasks.awaitSlot("own", "on its node again", slot -> runsOn(slot, owner));
    }

    /** @param perNode how many slots run on a node, ascending, of the nodes that live */
    private static void awaitRuns(String task, Integer... perNode) {
        cluster.await(task + " to run " + List.of(perNode) + " on nodes, is " + tasks.slots(task), SOON, () -> {
            Map<String, Integer> runs = new TreeMap<>();
            for (JsonNode slot : tasks.slots(task)) {
                NodeProcess node = cluster.nodes().stream()
                        .filter(one -> runsOn(slot, one))
                        .findFirst()
                        .orElse(null);
                if (node != null && node.isAlive()) {
                    runs.merge(node.name(), 1, Integer::sum);
                }
            }
            return runs.values().stream().sorted().toList().equals(List.of(perNode));
        });
    }

    private static long letGo(NodeProcess node) {
        return node.logged("Stops to-table")
                + node.logged("Stops run/task/to-table")
                + node.logged("is left to others");
    }

    private static boolean runsOn(JsonNode slot, NodeProcess node) {
        return slot.path("state").asText().equals("RUNNING")
                && slot.path("node").asText().equals(node.name());
    }

    private static JsonNode awaitForwarded() {
        cluster.awaitDrained();
        cluster.awaitRead();
        int matches = cluster.matches().size();
        cluster.await(matches + " rows, not " + rows(), SOON, () -> rows() >= matches);
        return tasks.slot(TASK).orElseThrow();
    }

    private static void judge() throws SQLException {
        awaitForwarded();
        List<String> ids =
                cluster.matches().stream().map(ReceivedMatch::matchId).toList();
        List<String> written = new ArrayList<>();
        try (Connection connection = DriverManager.getConnection(url, "sa", "secret");
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("select match_id from high_matches")) {
            while (rows.next()) {
                written.add(rows.getString(1));
            }
        }
        System.out.println("forward: matches=" + ids.size() + " rows=" + written.size() + " seed=" + SEED);
        assertThat(written).containsExactlyInAnyOrderElementsOf(ids);
    }

    private static long rows() {
        try (Connection connection = DriverManager.getConnection(url, "sa", "secret");
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("select count(*) from high_matches")) {
            rows.next();
            return rows.getLong(1);
        } catch (SQLException e) {
            // No table yet.
            return 0;
        }
    }

    private static List<String> readings(String prefix, int count) {
        Random random = SEED.random(prefix);
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            lines.add("{\"id\":\"%s%d\",\"sensor\":\"s%d\",\"amount\":%d}"
                    .formatted(prefix, i, random.nextInt(50), random.nextInt(100)));
        }
        return lines;
    }
}
