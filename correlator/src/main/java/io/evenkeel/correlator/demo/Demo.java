// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.demo;

import static java.util.Objects.requireNonNull;

import io.evenkeel.client.DefinitionId;
import io.evenkeel.client.EvenkeelClient;
import io.evenkeel.correlator.demo.oracle.FlightOracle;
import io.evenkeel.correlator.terminal.CommandException;
import io.evenkeel.correlator.verdict.Comparison;
import io.evenkeel.correlator.verdict.ExpectedMatch;
import io.evenkeel.correlator.verdict.MatchCollection;
import io.evenkeel.correlator.verdict.ReceivedMatch;
import io.evenkeel.correlator.verdict.VerdictTable;
import io.evenkeel.jms.tool.PublishReport;
import io.evenkeel.jms.tool.PublishSettings;
import io.evenkeel.jms.tool.QueuePublisher;
import io.evenkeel.jms.tool.QueueUnavailableException;
import io.evenkeel.query.document.Document;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/** The demo from beginning to end. Run it once. */
public final class Demo {
    private static final Duration SILENCE = Duration.ofSeconds(20);
    /** After the last expected match: a duplicate would come now. */
    private static final Duration AFTERMATH = Duration.ofSeconds(2);

    private static final long STEP_MS = 200;
    private static final long NEVER = Long.MIN_VALUE;

    private final DemoSettings settings;
    private final PrintStream out;
    private final DemoScreen screen;
    private volatile long killedNanos = NEVER;

    /** @param terminal whether {@code out} is one */
    public Demo(DemoSettings settings, PrintStream out, boolean terminal) {
        this.settings = requireNonNull(settings, "settings");
        this.out = requireNonNull(out, "out");
        this.screen = new DemoScreen(out, terminal);
    }

    /** Returns true if each match came once and in order. All processes are ended then, also if it throws. */
    public boolean run() throws IOException, InterruptedException, QueueUnavailableException {
        DemoData data = DemoData.read(settings.home().resolve("demo"));
        Path folder = Files.createTempDirectory("evenkeel-demo-");
        CompletableFuture<List<ExpectedMatch>> oracle = CompletableFuture.supplyAsync(() -> expect(data));
        boolean good = false;
        screen.say("Starting a broker and " + settings.nodes() + " nodes in " + folder);
        if (settings.nodes() < DemoSettings.FEWEST_FOR_A_KILL) {
            screen.say("No node is killed: of fewer than " + DemoSettings.FEWEST_FOR_A_KILL
                    + " nodes no majority would be left, and matches would wait");
        }
        try (DemoCluster cluster = DemoCluster.start(folder, settings.nodes())) {
            load(cluster, data);
            good = publishAndCompare(cluster, data, oracle);
            if (settings.keep()) {
                keepRunning(cluster);
            }
        } finally {
            if (good && !settings.keep()) {
                delete(folder);
            } else {
                out.println("Logs and data are in " + folder);
            }
        }
        return good;
    }

    private static List<ExpectedMatch> expect(DemoData data) {
        try {
            return FlightOracle.matches(data.flights(), data.instances());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void load(DemoCluster cluster, DemoData data) throws InterruptedException {
        EvenkeelClient client = EvenkeelClient.of(cluster.liveUrls().toArray(String[]::new));
        for (Document document : data.definitions()) {
            DefinitionId id = document.fold(
                    event -> DefinitionId.event(event.eventType().name()),
                    query -> DefinitionId.query(query.query().name()),
                    instance -> DefinitionId.instance(
                            instance.id().query(), instance.id().name()));
            client.put(id, document.source().text());
        }
        screen.say("Loaded " + data.definitions().size() + " definitions: "
                + String.join(
                        ", ", data.definitions().stream().map(Document::title).toList()));
    }

    private boolean publishAndCompare(DemoCluster cluster, DemoData data, CompletableFuture<List<ExpectedMatch>> oracle)
            throws InterruptedException, QueueUnavailableException {
        try (MatchCollection matches = MatchCollection.start(cluster.connection(), DemoData.OUTPUT_QUEUES)) {
            AtomicInteger published = new AtomicInteger();
            CountDownLatch half = new CountDownLatch(1);
            CompletableFuture<PublishReport> publishing =
                    CompletableFuture.supplyAsync(() -> publish(cluster, data, published, half));
            follow(cluster, data, published, half, publishing, oracle, matches);
            PublishReport report = join(publishing);
            Comparison comparison = Comparison.of(join(oracle), matches.matches(), Set.of("silent-airport"));
            tell(report, comparison, matches.matches());
            return comparison.good() && report.ok() == data.lines().size();
        }
    }

    private PublishReport publish(DemoCluster cluster, DemoData data, AtomicInteger published, CountDownLatch half) {
        PublishSettings how = PublishSettings.to(DemoData.INPUT_QUEUE, DemoData.EVENT)
                .withIdField("id")
                .withBatch(100)
                .withRate(settings.rate())
                .withPatience(Duration.ofSeconds(20));
        try (QueuePublisher publisher = new QueuePublisher(cluster.connection(), how)) {
            return publisher.publish(data.lines().iterator(), batch -> {
                if (published.addAndGet(batch.lines()) >= data.lines().size() / 2) {
                    half.countDown();
                }
            });
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandException("Expected to publish all flights, but was interrupted.", e);
        }
    }

    /** Show, kill at half way, and return when all is there or nothing comes any more. */
    private void follow(
            DemoCluster cluster,
            DemoData data,
            AtomicInteger published,
            CountDownLatch half,
            CompletableFuture<PublishReport> publishing,
            CompletableFuture<List<ExpectedMatch>> oracle,
            MatchCollection matches)
            throws InterruptedException {
        ClusterWatch watch = new ClusterWatch(cluster);
        CountDownLatch pause = new CountDownLatch(1);
        boolean toKill = settings.kill();
        int seen = -1;
        long changedNanos = System.nanoTime();
        while (true) {
            if (toKill && half.await(STEP_MS, TimeUnit.MILLISECONDS)) {
                toKill = false;
                kill(watch.mostActive());
            } else {
                pause.await(STEP_MS, TimeUnit.MILLISECONDS);
            }
            long now = System.nanoTime();
            if (screen.wantsProgress(now)) {
                screen.progress(now, published.get(), data.lines().size(), matches.size(), watch.lines());
            }
            int size = matches.size();
            if (size != seen || !publishing.isDone() || !oracle.isDone()) {
                seen = size;
                changedNanos = now;
            }
            boolean complete = oracle.isDone()
                    && publishing.isDone()
                    && size >= join(oracle).size();
            if (now - changedNanos >= (complete ? AFTERMATH : SILENCE).toNanos()
                    || publishing.isCompletedExceptionally()) {
                return;
            }
        }
    }

    private void kill(NodeProcess victim) {
        killedNanos = System.nanoTime();
        victim.kill();
        screen.say("kill -9 " + victim.pid() + ": " + victim.name() + ", which was receiving the flights");
    }

    private static <T> T join(CompletableFuture<T> future) throws InterruptedException {
        try {
            return future.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw new IllegalStateException("Expected a result, but failed", e);
        }
    }

    private void tell(PublishReport report, Comparison comparison, List<ReceivedMatch> matches) {
        screen.say("");
        out.println(VerdictTable.of(
                "flights",
                report.ok(),
                comparison,
                killedNanos == NEVER ? 0 : VerdictTable.gapMs(killedNanos, matches)));
        out.println(
                comparison.good()
                        ? "Each match came once and in order (those of timers once)"
                                + (killedNanos == NEVER ? "." : ", although a node was killed.")
                        : "NOT GOOD: see above.");
        out.flush();
    }

    private void keepRunning(DemoCluster cluster) throws InterruptedException {
        String broker = " --url " + cluster.brokerUrl() + " --password-file "
                + cluster.connection().passwordFile();
        String api = " --url " + String.join(",", cluster.liveUrls());
        out.println();
        out.println("Left running until Ctrl-C. To play with, in another terminal:");
        out.println("  ./evenkeel cluster" + api);
        out.println("  ./evenkeel query list" + api);
        out.println("  ./evenkeel instance put late-airport all --set minDelay=1 --set flights=2" + api);
        out.println("  ./evenkeel publish --queue flights --event Flight --file FILE.jsonl" + broker);
        out.println("  ./evenkeel receive --queue late-airports" + broker);
        cluster.nodes().stream()
                .filter(NodeProcess::alive)
                .forEach(node -> out.println("  kill -9 " + node.pid() + "   # " + node.name() + ", " + node.url()));
        out.flush();
        new CountDownLatch(1).await();
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }
}
