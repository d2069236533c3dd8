// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.drill;

import static java.util.Objects.requireNonNull;

import io.evenkeel.client.ClusterStatus;
import io.evenkeel.client.EvenkeelClient;
import io.evenkeel.client.EvenkeelException;
import io.evenkeel.correlator.terminal.CommandException;
import io.evenkeel.correlator.verdict.Comparison;
import io.evenkeel.correlator.verdict.MatchCollection;
import io.evenkeel.correlator.verdict.ReceivedMatch;
import io.evenkeel.correlator.verdict.VerdictTable;
import io.evenkeel.jms.connection.ConnectionSettings;
import io.evenkeel.jms.tool.PublishReport;
import io.evenkeel.jms.tool.PublishSettings;
import io.evenkeel.jms.tool.QueuePublisher;
import io.evenkeel.jms.tool.QueueUnavailableException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** One drill. Run it once. */
public final class Drill {
    /** After the last expected match: a duplicate would come now. */
    private static final Duration AFTERMATH = Duration.ofSeconds(3);

    private static final long STEP_MS = 100;

    private final DrillSettings settings;
    private final EvenkeelClient cluster;
    private final ConnectionSettings broker;
    private final PrintWriter out;
    private final ClusterStatus before;
    private final DrillTarget target;
    private final Probe probe;
    private final AtomicBoolean put = new AtomicBoolean();
    /** Ends the fault; null: there is none to be ended. */
    private final AtomicReference<@Nullable Runnable> undo = new AtomicReference<>();

    private long faultNanos;

    /** @throws CommandException if the drill cannot be held on this cluster from here; nothing has happened then */
    public Drill(DrillSettings settings, EvenkeelClient cluster, ConnectionSettings broker, PrintWriter out)
            throws InterruptedException {
        this.settings = requireNonNull(settings, "settings");
        this.cluster = requireNonNull(cluster, "cluster");
        this.broker = requireNonNull(broker, "broker");
        this.out = requireNonNull(out, "out");
        this.before = cluster.cluster();
        this.target = DrillTarget.of(before, settings);
        this.probe = new Probe(UUID.randomUUID().toString().substring(0, 8), settings.events(), target.ordered());
    }

    /** What is going to happen, for whoever must agree. */
    public String plan() {
        String nodes = target.victims().size() == 1
                ? target.victims().get(0).name()
                : "the node that receives " + target.queue() + ", one of "
                        + target.victims().stream().map(Victim::name).toList();
        return "The drill publishes " + settings.events() + " events of its own to queue " + target.queue()
                + " of cluster " + before.cluster() + " and "
                + switch (settings.fault()) {
                    case KILL -> "kills " + nodes + ", which stays dead until you start it again.";
                    case FREEZE ->
                        "freezes " + nodes + " for " + settings.length().toSeconds() + " s.";
                    case CUT ->
                        "cuts " + nodes + " off from the others and the broker for "
                                + settings.length().toSeconds() + " s.";
                };
    }

    /** Returns true if each match came once and in order. What the drill brought along is removed, also if it throws. */
    public boolean run() throws InterruptedException, QueueUnavailableException {
        Thread reaper = new Thread(this::cleanUp, "evenkeel-drill-reaper");
        Runtime.getRuntime().addShutdownHook(reaper);
        try (MatchCollection matches = MatchCollection.start(broker, List.of(Probe.OUTPUT_QUEUE))) {
            put.set(true);
            cluster.change(probe.puts());
            AtomicInteger published = new AtomicInteger();
            CompletableFuture<PublishReport> publishing = CompletableFuture.supplyAsync(() -> publish(published));
            hurt(published, publishing);
            awaitMatches(publishing, matches);
            return judge(join(publishing), own(matches));
        } finally {
            cleanUp();
            try {
                Runtime.getRuntime().removeShutdownHook(reaper);
            } catch (IllegalStateException e) {
                // This JVM is ending; the hook finds nothing left to do.
            }
        }
    }

    private PublishReport publish(AtomicInteger published) {
        PublishSettings how = PublishSettings.to(target.queue(), probe.eventType())
                .withIdField("id")
                .withBatch(50)
                .withRate(settings.rate())
                .withPatience(Duration.ofSeconds(30));
        try (QueuePublisher publisher = new QueuePublisher(broker, how)) {
            return publisher.publish(probe.lines().iterator(), batch -> published.addAndGet(batch.lines()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandException("Expected to publish all events, but was interrupted.", e);
        }
    }

    /** After a third of the events, when some are under way and some are still to come. */
    private void hurt(AtomicInteger published, CompletableFuture<PublishReport> publishing)
            throws InterruptedException {
        while (published.get() < settings.events() / 3 && !publishing.isDone()) {
            TimeUnit.MILLISECONDS.sleep(STEP_MS);
        }
        Victim victim = target.receiving(before, cluster.cluster());
        faultNanos = System.nanoTime();
        String node = victim.name() + ", process " + victim.pid();
        switch (settings.fault()) {
            case KILL -> {
                say("kill -KILL: " + node);
                victim.kill();
            }
            case FREEZE -> forAWhile("kill -STOP", victim::freeze, "kill -CONT", victim::thaw, node);
            case CUT -> forAWhile("cut off", victim::cut, "network back", victim::heal, node);
        }
    }

    private void forAWhile(String begin, Runnable fault, String end, Runnable repair, String node)
            throws InterruptedException {
        say(begin + ": " + node);
        undo.set(repair);
        fault.run();
        TimeUnit.MILLISECONDS.sleep(settings.length().toMillis());
        say(end + ": " + node);
        undo();
    }

    private void undo() {
        Runnable repair = undo.getAndSet(null);
        if (repair != null) {
            repair.run();
        }
    }

    /** Until all is there and nothing more comes, or nothing comes any more. */
    private void awaitMatches(CompletableFuture<PublishReport> publishing, MatchCollection matches)
            throws InterruptedException {
        int seen = -1;
        long changedNanos = System.nanoTime();
        while (true) {
            int size = own(matches).size();
            if (size != seen || !publishing.isDone()) {
                seen = size;
                changedNanos = System.nanoTime();
            }
            Duration patience = size >= settings.events() ? AFTERMATH : settings.patience();
            if (System.nanoTime() - changedNanos >= patience.toNanos()) {
                return;
            }
            TimeUnit.MILLISECONDS.sleep(STEP_MS);
        }
    }

    /** The queue is that of all drills. */
    private List<ReceivedMatch> own(MatchCollection matches) {
        return matches.matches().stream()
                .filter(match -> match.query().equals(probe.query()))
                .toList();
    }

    private boolean judge(PublishReport report, List<ReceivedMatch> matches) {
        Comparison comparison =
                Comparison.of(probe.expected(), matches, target.ordered() ? Set.of() : Set.of(probe.query()));
        say(VerdictTable.of("drill events", report.ok(), comparison, VerdictTable.gapMs(faultNanos, matches)));
        boolean good = comparison.good() && report.ok() == settings.events();
        say(good ? "Each match came once and in order, although a node was hurt." : "NOT GOOD: see above.");
        return good;
    }

    private static PublishReport join(CompletableFuture<PublishReport> publishing) throws InterruptedException {
        try {
            return publishing.get();
        } catch (ExecutionException e) {
            throw new CommandException("Expected to publish the drill's events, but: " + e.getCause(), e);
        }
    }

    /** At the end, and if the process is ended before: once. */
    private void cleanUp() {
        try {
            undo();
        } catch (CommandException e) {
            say(e.getMessage() + " Mend it by hand.");
        }
        if (!put.getAndSet(false)) {
            return;
        }
        try {
            cluster.change(probe.deletions());
        } catch (EvenkeelException e) {
            say("Expected to delete query " + probe.query() + " and event type " + probe.eventType()
                    + " of this drill, but could not: " + e.getMessage() + " Delete them by hand.");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void say(String line) {
        out.println(line);
        out.flush();
    }
}
