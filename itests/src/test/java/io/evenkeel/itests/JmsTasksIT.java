// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.itests;

import static io.evenkeel.itests.kit.ClusterPlan.aCluster;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.evenkeel.itests.kit.Cluster;
import io.evenkeel.itests.kit.Evidence;
import io.evenkeel.itests.kit.NodeProcess;
import io.evenkeel.itests.kit.Publishing;
import io.evenkeel.itests.kit.RawQueue;
import io.evenkeel.itests.kit.ReceivedMatch;
import io.evenkeel.itests.kit.Seed;
import io.evenkeel.itests.kit.Tasks;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.TextMessage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Tasks and jobs that have to do with queues, while their nodes die. */
@DisplayName("On a cluster of three nodes")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class JmsTasksIT {
    private static final Seed SEED = Seed.ofRun();
    /** {@code -Devenkeel.kills=20} for the long run. */
    private static final int KILLS = Integer.getInteger("evenkeel.kills", 1);

    private static final int ALARMS = 20;
    private static final int MISSPELT = 4;
    private static final int CUT = 3;
    private static final int WITHOUT_SITE = 4_000;
    /** Slow enough for a kill in the midst of it. */
    private static final int REDRIVEN_PER_SECOND = 400;

    private static final int RATE = 300;
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String DOCUMENTS = """
            event: Reading
            fields: {id: string, sensor: string, amount: integer}
            ---
            query: high
            inputs: [{event: Reading, key: [sensor], retain: 3}]
            epl: select id, count(*) as n from Reading where amount >= 50
            output: {event: High, to: "queue:high"}
            """;
    private static final String ALARM = """
            event: Alarm
            fields: {id: string, site: string}
            """;
    private static final String ECHO = """
            query: echo
            inputs: [{event: Alarm, key: [site], within: 1 minute}]
            epl: select id, site from Alarm
            output: {event: Echo, to: "queue:echoes"}
            """;

    @RegisterExtension
    static final Evidence EVIDENCE = new Evidence();

    private static Cluster cluster;
    private static Tasks tasks;

    @BeforeAll
    static void start() {
        System.out.println("repeat: " + SEED.repeat(JmsTasksIT.class));
        cluster = aCluster()
                .withShards(8)
                .withInput("readings", "Reading")
                .withInput("alarms", "Alarm")
                .withOutput("high", "echoes")
                .withDocuments(DOCUMENTS)
                .start(EVIDENCE.folder(), SEED);
        tasks = new Tasks(cluster);
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    @Test
    @Order(1)
    @DisplayName("a backtest over a rejected queue tells what corrected definitions make of it, and takes nothing away")
    void shouldTryRejectedMessages() throws JsonProcessingException {
        try (RawQueue queue = new RawQueue(cluster.connection(), "alarms")) {
            for (int i = 0; i < ALARMS; i++) {
                queue.text("Alarm", "{\"id\":\"a%d\",\"site\":\"s%d\"}".formatted(i, i % 5));
            }
            for (int i = 0; i < MISSPELT; i++) {
                queue.text("Alram", "{\"id\":\"m" + i + "\",\"site\":\"s1\"}");
            }
            for (int i = 0; i < CUT; i++) {
                queue.text("Reading", "{\"id\":");
            }
        }
        awaitRejected(ALARMS + MISSPELT + CUT);

        String id = tasks.submit("try", """
                job: backtest
                settings:
                  rejected: alarms.rejected
                  definitions: |
                    event: Alarm
                    fields: {id: string, site: string}
                    ---
                    query: echo
                    inputs: [{event: Alarm, key: [site], within: 1 minute}]
                    epl: select id, site from Alarm
                    output: {event: Echo, to: "queue:echoes"}
                """);
        JsonNode done = tasks.awaitJob(id, "DONE");
        List<String> lines = tasks.result(cluster.nodes().get(2), id).lines().toList();

        assertThat(lines).hasSize(ALARMS + 1);
        assertThat(JSON.readTree(lines.get(0)).path("fields").path("id").asText())
                .isEqualTo("a0");
        assertThat(JSON.readTree(lines.get(ALARMS)))
                .isEqualTo(JSON.readTree("{\"messages\":%d,\"refused\":{\"UNKNOWN_TYPE\":%d}}"
                        .formatted(ALARMS + MISSPELT + CUT, MISSPELT + CUT)));
        assertThat(done.path("done").asInt()).isEqualTo(ALARMS + MISSPELT + CUT);
        assertThat(cluster.broker().depth("alarms.rejected")).isEqualTo(ALARMS + MISSPELT + CUT);
    }

    @Test
    @Order(2)
    @DisplayName("a redrive with a filter moves those that it names, and corrected definitions make matches of them")
    void shouldRedriveWhatIsNamed() throws JsonProcessingException {
        cluster.nodes().get(0).api().put("/api/v1/events/Alarm", ALARM);
        cluster.nodes().get(1).api().put("/api/v1/queries/echo", ECHO);

        String id = tasks.submit("named", """
                job: redrive
                settings:
                  from: alarms.rejected
                  selector: "evenkeelReason = 'UNKNOWN_TYPE' AND MESSAGE_TYPE = 'Alarm'"
                """);
        tasks.awaitJob(id, "DONE");
        cluster.awaitCount("echoes", ALARMS, SOON, match -> match.instance().startsWith("echo"));
        JsonNode result = JSON.readTree(tasks.result(cluster.nodes().get(1), id));

        assertThat(result.path("moved").asInt()).isEqualTo(ALARMS);
        assertThat(result.path("to").asText()).isEqualTo("alarms");
        assertThat(cluster.matches().stream().filter(match -> match.instance().startsWith("echo")))
                .hasSize(ALARMS);
        assertThat(cluster.broker().depth("alarms.rejected")).isEqualTo(MISSPELT + CUT);
    }

    @Test
    @Order(3)
    @DisplayName("what is rejected again does not go round; a queue that is not there is a failure that names it")
    void shouldComeToAnEnd() throws JsonProcessingException {
        String id = tasks.submit("again", """
                job: redrive
                settings: {from: alarms.rejected, selector: "MESSAGE_TYPE = 'Alram'"}
                """);
        JsonNode done = tasks.awaitJob(id, "DONE");
        awaitRejected(MISSPELT + CUT);
        assertThat(done.path("done").asInt()).isEqualTo(MISSPELT);

        String unknown =
                tasks.submit("unknown", "job: redrive\nattempts: 1\nsettings: {from: alrams.rejected, to: alarms}\n");
        assertThat(tasks.awaitJob(unknown, "FAILED").path("failure").asText())
                .contains("the broker has no queue alrams.rejected");
    }

    @Test
    @Order(4)
    @DisplayName(
            "J2 a redrive whose node is killed in the midst of it leaves each message in one of the two queues, once")
    void shouldMoveEachMessageOnce() throws JMSException {
        cluster.publish(
                "alarms",
                IntStream.range(0, WITHOUT_SITE)
                        .mapToObj(i -> "{\"id\":\"n" + i + "\",\"site\":null}")
                        .toList());
        awaitRejected(WITHOUT_SITE + MISSPELT + CUT);
        try (RawQueue made = new RawQueue(cluster.connection(), "elsewhere")) {
            made.take(1, Duration.ofMillis(10));
        }
        String id = tasks.submit("killed", """
                job: redrive
                settings: {from: alarms.rejected, to: elsewhere, selector: "evenkeelReason = 'NULL_KEY'", perSecond: %d}
                """.formatted(REDRIVEN_PER_SECOND));
        long began = System.nanoTime();
        JsonNode begun = tasks.awaitJob(id, "at work", job -> job.path("done").asInt() >= 300);
        NodeProcess victim = cluster.node(begun.path("node").asText());
        cluster.kill(victim);
        cluster.await(
                "each message in one of the two queues",
                SOON,
                () -> cluster.broker().depth("alarms.rejected")
                                + cluster.broker().depth("elsewhere")
                        == WITHOUT_SITE + MISSPELT + CUT);
        long moved = cluster.broker().depth("elsewhere");
        JsonNode done = tasks.awaitJob(id, "DONE");
        Duration took = Duration.ofNanos(System.nanoTime() - began);
        System.out.println("redrive killed after " + moved + " of " + WITHOUT_SITE + ": " + done);

        assertThat(moved).as("moved when its node was killed").isBetween(300L, WITHOUT_SITE - 1L);
        assertThat(done.path("node").asText()).isNotEqualTo(victim.name());
        assertThat(took)
                .as("%d at %d a second, but for what went at once", WITHOUT_SITE, REDRIVEN_PER_SECOND)
                .isGreaterThan(Duration.ofSeconds(WITHOUT_SITE / REDRIVEN_PER_SECOND / 2));
        List<String> ids = new ArrayList<>();
        try (RawQueue queue = new RawQueue(cluster.connection(), "elsewhere")) {
            for (Message message : queue.takeAll(WITHOUT_SITE, SOON)) {
                ids.add(message.getStringProperty("eventId"));
            }
        }
        assertThat(ids).doesNotHaveDuplicates().hasSize(WITHOUT_SITE);
        try (RawQueue rest = new RawQueue(cluster.connection(), "alarms.rejected")) {
            assertThat(rest.takeAll(MISSPELT + CUT, SOON)).hasSize(MISSPELT + CUT);
        }
        cluster.restartDead();
    }

    @Test
    @Order(5)
    @DisplayName("T9 a forward task to a queue has each match there once, though its node is killed and it begins anew")
    void shouldForwardEachMatchOnce() throws JMSException, JsonProcessingException {
        String yaml = "task: to-mirror\nkind: forward\nsettings: {query: high, connection: main, queue: mirror}\n";
        tasks.put("to-mirror", yaml);
        for (int kill = 0; kill < KILLS; kill++) {
            cluster.restartDead();
            long before = cluster.broker().depth("mirror");
            Publishing load = cluster.publishing("readings", readings("k" + kill + "-", 8 * RATE), RATE);
            cluster.await("messages", SOON, () -> cluster.broker().depth("mirror") > before + 50);
            NodeProcess victim = tasks.awaitRunner("to-mirror");
            cluster.kill(victim);
            long then = cluster.broker().depth("mirror");
            cluster.await(
                    "messages of another node", SOON, () -> cluster.broker().depth("mirror") > then);
            load.await(SOON);
        }
        cluster.awaitDrained();
        cluster.awaitRead();
        List<ReceivedMatch> matches = cluster.matches().stream()
                .filter(match -> match.instance().startsWith("high"))
                .toList();
        cluster.await(matches.size() + " messages", SOON, () -> cluster.broker().depth("mirror") >= matches.size());

        // As if its checkpoint was lost: all that the feed keeps is sent again.
        cluster.nodes().stream()
                .filter(NodeProcess::isAlive)
                .findFirst()
                .orElseThrow()
                .api()
                .change("DELETE", "/api/v1/tasks/to-mirror", "")
                .expect(204);
        tasks.put("to-mirror", yaml);
        tasks.awaitSlot(
                "to-mirror",
                "through all of the feed",
                slot -> slot.path("done").asLong() >= matches.size());

        Map<String, JsonNode> bodies = new TreeMap<>();
        try (RawQueue queue = new RawQueue(cluster.connection(), "mirror")) {
            for (Message message : queue.takeAll(matches.size(), SOON)) {
                assertThat(message.getStringProperty("MESSAGE_TYPE")).isEqualTo("High");
                assertThat(message.getStringProperty("evenkeelQuery")).isEqualTo("high");
                assertThat(message.getStringProperty("evenkeelCause")).isNotEmpty();
                bodies.put(
                        message.getStringProperty("evenkeelMatchId"), JSON.readTree(((TextMessage) message).getText()));
            }
        }
        System.out.println("forward: matches=" + matches.size() + " messages=" + bodies.size() + " seed=" + SEED);
        Map<String, JsonNode> expected = new TreeMap<>();
        for (ReceivedMatch match : matches) {
            expected.put(match.matchId(), JSON.readTree(match.body()));
        }
        assertThat(bodies).isEqualTo(expected);
    }

    private static void awaitRejected(int count) {
        cluster.await(count + " rejected messages", SOON, () -> cluster.broker().depth("alarms.rejected") == count);
    }

    private static List<String> readings(String prefix, int count) {
        var random = SEED.random(prefix);
        return IntStream.range(0, count)
                .mapToObj(i -> "{\"id\":\"%s%d\",\"sensor\":\"s%d\",\"amount\":%d}"
                        .formatted(prefix, i, random.nextInt(50), random.nextInt(100)))
                .toList();
    }
}
