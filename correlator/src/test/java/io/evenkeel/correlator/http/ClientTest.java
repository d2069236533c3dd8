// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.evenkeel.client.CatalogNews;
import io.evenkeel.client.Change;
import io.evenkeel.client.ChangeOptions;
import io.evenkeel.client.ChangeSteps;
import io.evenkeel.client.ClusterStatus.Member;
import io.evenkeel.client.ConflictException;
import io.evenkeel.client.Definition;
import io.evenkeel.client.DefinitionId;
import io.evenkeel.client.Done;
import io.evenkeel.client.EvenkeelClient;
import io.evenkeel.client.Feed;
import io.evenkeel.client.ListedDefinition;
import io.evenkeel.client.Match;
import io.evenkeel.client.MatchNews;
import io.evenkeel.client.NotFoundException;
import io.evenkeel.client.PreconditionFailedException;
import io.evenkeel.client.ProblemException;
import io.evenkeel.client.RefusedException;
import io.evenkeel.correlator.catalog.NodeOutcome;
import io.evenkeel.correlator.catalog.NodeState;
import io.evenkeel.correlator.config.NodeConfiguration.Http;
import io.evenkeel.correlator.guarantee.Guarantees;
import java.io.IOException;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The Java client against the real server: two nodes that share one catalog in memory. */
@Timeout(60)
class ClientTest {
    private static final Duration SOON = Duration.ofSeconds(10);
    /** 2 s on a machine of one's own: {@code -Devenkeel.strict=true}. A busy one is given more. */
    private static final Duration SURVIVOR_LIMIT = Duration.ofSeconds(Boolean.getBoolean("evenkeel.strict") ? 2 : 20);

    private static final DefinitionId FLIGHT = DefinitionId.event("Flight");
    private static final DefinitionId LATE = DefinitionId.query("late");
    private static final DefinitionId MINE = DefinitionId.instance("late", "mine");
    private static final String FLIGHT_TEXT = "event: Flight\nfields: {origin: string, delay: integer}\n";
    private static final String LATE_TEXT = """
            query: late
            parameters: {minDelay: {type: integer, default: 60, minimum: 0}}
            inputs: [{event: Flight, key: [origin], within: 2 hours}]
            epl: select origin, delay from Flight where delay >= ?:minDelay
            output: {event: Late, to: "queue:late"}
            """;

    private final MemoryCatalog catalog = new MemoryCatalog();
    private final MemoryHistory history = new MemoryHistory(100);
    private final List<String> orders = new ArrayList<>();
    private ApiServer one;
    private ApiServer two;
    private EvenkeelClient client;

    private final class View implements ClusterView {
        private final String name;

        private View(String name) {
            this.name = name;
        }

        @Override
        public ClusterStatus status() {
            return new ClusterStatus(
                    "demo",
                    name,
                    true,
                    List.of(),
                    3,
                    List.of(new ClusterStatus.Member(name, "127.0.0.1:5701", null)),
                    List.of(new ClusterStatus.ShardRow(0, null, 2, 17, 1, 3, 0)),
                    List.of(new ClusterStatus.ReceiverRow(name, "f", "flights", "ACTIVE", 9, 8, 1, 0, 0, null)),
                    Guarantees.UNKNOWN);
        }

        @Override
        public boolean ready() {
            return true;
        }

        @Override
        public List<InstanceTrouble> troubles(String query, String instance) {
            return List.of(new InstanceTrouble(
                    3,
                    "JFK",
                    2,
                    true,
                    List.of(new InstanceTrouble.Failure("ID:1", "E", "m", "s", "{}", 1_700_000_000_000L))));
        }

        @Override
        public void order(int shard, String query, String instance, String key, String order) {
            orders.add(order + " " + shard + " " + query + "/" + instance + " " + key);
        }
    }

    @BeforeEach
    void start() {
        one = new ApiServer(new Http("127.0.0.1", 0), catalog, new View("n1"), history, () -> "").start();
        two = new ApiServer(new Http("127.0.0.1", 0), catalog, new View("n2"), history, () -> "").start();
        client = EvenkeelClient.of(one.url(), two.url());
    }

    @AfterEach
    void stop() {
        one.close();
        two.close();
    }

    private void putAll() throws InterruptedException {
        client.put(FLIGHT, FLIGHT_TEXT);
        client.put(LATE, LATE_TEXT);
    }

    @Test
    @DisplayName("definitions are put, read, listed and deleted; what came of it is told")
    void shouldServeDefinitions() throws Exception {
        Done created = client.put(FLIGHT, FLIGHT_TEXT);
        client.put(LATE, LATE_TEXT);
        client.put(MINE, "query: late\ninstance: mine\nparameters: {minDelay: 5}");

        assertThat(created.created()).isTrue();
        assertThat(created.revision()).isEqualTo(1);
        Definition mine = client.latest().read(MINE).orElseThrow();
        assertThat(mine.document().at("/parameters/minDelay").asInt()).isEqualTo(5);
        assertThat(client.instances("late"))
                .singleElement()
                .isEqualTo(new ListedDefinition(mine, 1, 3))
                .extracting(listed -> listed.definition().id())
                .isEqualTo(MINE);
        assertThat(client.queries())
                .extracting(listed -> listed.definition().id())
                .containsExactly(LATE);
        assertThat(client.eventTypes())
                .extracting(listed -> listed.definition().id())
                .containsExactly(FLIGHT);
        assertThatExceptionOfType(ConflictException.class).isThrownBy(() -> client.delete(LATE));
        client.delete(LATE, ChangeOptions.cascading());
        assertThat(client.read(MINE)).isEmpty();
        assertThatExceptionOfType(NotFoundException.class).isThrownBy(() -> client.delete(LATE));
        assertThatExceptionOfType(NotFoundException.class).isThrownBy(() -> client.instances("late"));
    }

    @Test
    @DisplayName("lists of more than a page are read to their end")
    void shouldReadAllPages() throws Exception {
        putAll();
        ChangeSteps steps = new ChangeSteps();
        for (int i = 0; i < 2_100; i++) {
            steps.put("{\"query\":\"late\",\"instance\":\"i" + i + "\"}");
        }
        assertThat(client.change(steps).state()).isEqualTo("COMMITTED");

        assertThat(client.instances("late")).hasSize(2_100);
    }

    @Test
    @DisplayName("a list is of one state of the catalog, which is asked for once")
    void shouldListOneState() throws Exception {
        putAll();
        client.put(MINE, "{query: late, instance: mine}");
        int before = catalog.latestReads();

        assertThat(client.latest().instances("late")).hasSize(1);

        assertThat(catalog.latestReads() - before).isEqualTo(1);
    }

    @Test
    @DisplayName("conditions hold: an ETag that is old, a definition that is there")
    void shouldKeepConditions() throws Exception {
        String old = client.put(FLIGHT, FLIGHT_TEXT).etag();
        client.put(FLIGHT, FLIGHT_TEXT.replace("delay: integer", "delay: long"), ChangeOptions.ifMatch(old));

        assertThatExceptionOfType(PreconditionFailedException.class)
                .isThrownBy(() -> client.put(FLIGHT, FLIGHT_TEXT, ChangeOptions.ifMatch(old)));
        assertThatExceptionOfType(PreconditionFailedException.class)
                .isThrownBy(() -> client.put(FLIGHT, FLIGHT_TEXT, ChangeOptions.createOnly()));
        assertThatExceptionOfType(PreconditionFailedException.class)
                .isThrownBy(() -> client.change(new ChangeSteps().delete(FLIGHT, ChangeOptions.ifMatch(old))));
    }

    @Test
    @DisplayName("N8 a change is made once under its key, whichever node is asked; its outcome is told by both")
    void shouldChangeOnce() throws Exception {
        putAll();
        ChangeSteps steps = new ChangeSteps().put("{\"query\":\"late\",\"instance\":\"a\"}");

        Change first = client.change(steps, ChangeOptions.key("k"));
        Change again = EvenkeelClient.of(two.url()).change(steps, ChangeOptions.key("k"));

        assertThat(again.revision()).isEqualTo(first.revision()).isEqualTo(3);
        assertThat(first.etags()).extracting(Change.Etag::definition).containsExactly("instance late/a");
        assertThat(client.readChange(first.id()).orElseThrow().state()).isEqualTo("COMMITTED");
        assertThat(client.readChange("none")).isEmpty();
        assertThat(client.put(MINE, "{query: late, instance: mine}", ChangeOptions.key("p"))
                        .repeated())
                .isFalse();
        assertThat(client.put(MINE, "{query: late, instance: mine}", ChangeOptions.key("p"))
                        .repeated())
                .isTrue();
    }

    @Test
    @DisplayName("faults come with their path, what a node could not do with its node")
    void shouldTellFaults() throws Exception {
        putAll();
        assertThat(client.check(LATE_TEXT)).containsExactly("query late");
        assertThatExceptionOfType(RefusedException.class)
                .isThrownBy(() -> client.check(LATE_TEXT.replace("origin]", "orign]")))
                .satisfies(e -> assertThat(e.problem().faults())
                        .singleElement()
                        .satisfies(fault -> assertThat(fault.field()).isEqualTo("inputs[0].key")));

        catalog.object(new NodeOutcome("n2", NodeState.FAILED, "java.lang.Error", "no"));
        assertThatExceptionOfType(ProblemException.class)
                .isThrownBy(() -> client.put(MINE, "{query: late, instance: mine}"))
                .satisfies(e -> {
                    assertThat(e.problem().code()).isEqualTo("NODE_FAILED");
                    assertThat(e.problem().nodes())
                            .containsExactly(
                                    new io.evenkeel.client.NodeOutcome("n2", "FAILED", "java.lang.Error", "no"));
                });
    }

    @Test
    @DisplayName("the cluster is told, and orders about errors are given")
    void shouldServeTheRest() throws Exception {
        putAll();

        assertThat(client.cluster().members()).extracting(Member::name).containsExactly("n1");
        assertThat(client.errors("late", "a"))
                .singleElement()
                .satisfies(
                        trouble -> assertThat(trouble.latest().get(0).cause()).isEqualTo("ID:1"));
        assertThat(client.retryErrors("late", "a", null)).hasSize(1);
        assertThat(client.skipErrors("late", "a", "JFK")).hasSize(1);
        assertThat(orders).containsExactly("RETRY 3 late/a JFK", "SKIP 3 late/a JFK");
        assertThatExceptionOfType(NotFoundException.class).isThrownBy(() -> client.skipErrors("late", "a", "X"));
    }

    @Test
    @DisplayName("N7 when the node goes, calls and the feed go on with the other one, without gap or repeat")
    void shouldGoOnElsewhere() throws Exception {
        List<Long> revisions = new ArrayList<>();
        try (Feed<CatalogNews> feed = client.followCatalog("")) {
            assertThat(feed.next(SOON).orElseThrow().revision()).isZero();
            putAll();
            while (revisions.isEmpty() || revisions.get(revisions.size() - 1) < 2) {
                revisions.add(feed.next(SOON).orElseThrow().revision());
            }
            one.close();

            long begun = System.nanoTime();
            assertThat(client.cluster().node()).isEqualTo("n2");
            assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(SURVIVOR_LIMIT);
            client.put(MINE, "{query: late, instance: mine}");
            CatalogNews news = feed.next(SOON).orElseThrow();
            assertThat(news.revision()).isEqualTo(3);
            assertThat(news.put()).extracting(CatalogNews.Put::definition).containsExactly("instance late/mine");
        }
        assertThat(revisions).isSorted().doesNotHaveDuplicates();
    }

    @Test
    @DisplayName("the feed of matches goes on with the other node, and is filtered by query and instance")
    void shouldFollowMatches() throws Exception {
        history.add("before");
        try (Feed<MatchNews> all = client.followMatches(null, null, MatchNews.OLDEST);
                Feed<MatchNews> some = client.followMatches("q", "mine", MatchNews.OLDEST)) {
            assertThat(id(all)).isEqualTo("before");
            history.add("a");
            assertThat(id(all)).isEqualTo("a");

            one.close();
            history.add("a");
            history.addOf("other", "mine", "b");
            history.addOf("q", "mine", "c");

            assertThat(id(all)).isEqualTo("b");
            assertThat(id(all)).isEqualTo("c");
            assertThat(id(some)).isEqualTo("c");
            try (Feed<MatchNews> later = client.followMatches(null, null, all.lastEventId())) {
                history.add("d");
                assertThat(id(later)).isEqualTo("d");
            }
        }
        assertThatExceptionOfType(ProblemException.class)
                .isThrownBy(() -> client.followMatches(null, null, "x").next(SOON));
    }

    private static String id(Feed<MatchNews> feed) throws InterruptedException {
        return feed.next(SOON).orElseThrow().fold(Match::id, MatchNews.Gap::reason);
    }

    @Test
    @DisplayName("the README's example compiles and does what it says")
    void readmeExampleRuns(@TempDir Path folder) throws Exception {
        Matcher block = Pattern.compile("```java\\n(.*?)```", Pattern.DOTALL)
                .matcher(Files.readString(Path.of("../client/README.md")));
        assertThat(block.find()).isTrue();
        String statements =
                block.group(1).replace("http://127.0.0.1:8701", one.url()).replace("http://127.0.0.1:8702", two.url());

        history.addOf("late", "an-hour", "m");

        List<String> printed = run(folder, statements);

        assertThat(printed).hasSize(5);
        assertThat(printed.get(4)).isEqualTo("an-hour for k: {\"n\":1}");
        assertThat(printed.get(0)).isEqualTo("in force since revision 3");
        assertThat(printed.get(1)).contains("parameters.minDelay");
        assertThat(printed.get(2)).isEqualTo("2 instances");
        assertThat(printed.get(3)).contains("revision 3", "instance late/two-hours");
    }

    private static List<String> run(Path folder, String statements) throws Exception {
        Path source = folder.resolve("Example.java");
        Files.writeString(source, """
                import io.evenkeel.client.*;
                import java.time.Duration;
                import java.util.List;
                import java.util.concurrent.CompletableFuture;
                public class Example {
                    public static final java.io.ByteArrayOutputStream OUT = new java.io.ByteArrayOutputStream();
                    static class System { static final java.io.PrintStream out = new java.io.PrintStream(OUT); }
                    public static void run() throws Exception {
                """ + statements + "}}");
        int result = ToolProvider.getSystemJavaCompiler()
                .run(null, null, null, "-cp", java.lang.System.getProperty("java.class.path"), source.toString());
        assertThat(result).as("javac's exit code").isZero();
        try (URLClassLoader loader =
                new URLClassLoader(new URL[] {folder.toUri().toURL()}, ClientTest.class.getClassLoader())) {
            Class<?> example = loader.loadClass("Example");
            Method run = example.getMethod("run");
            run.invoke(null);
            return example.getField("OUT").get(null).toString().lines().toList();
        } catch (IOException e) {
            throw new AssertionError("Expected to load what was compiled, but could not", e);
        }
    }
}
