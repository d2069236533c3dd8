// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.itests.mixer;

import static io.evenkeel.itests.kit.ClusterPlan.aCluster;
import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.itests.kit.Cluster;
import io.evenkeel.itests.kit.Evidence;
import io.evenkeel.itests.kit.Publishing;
import io.evenkeel.itests.kit.RawQueue;
import io.evenkeel.itests.kit.RawQueue.Rejected;
import io.evenkeel.itests.kit.Seed;
import io.evenkeel.itests.kit.Verdict;
import io.evenkeel.itests.mixer.Fault.Part;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * {@code -Devenkeel.mixer.minutes=30} for what the table of faults asks. The faults of a seed are the same each time, and
 * begin at other instants as the machine is slower or faster.
 */
@DisplayName("All faults at random, and at once:")
class MixerIT {
    private static final double MINUTES = Double.parseDouble(System.getProperty("evenkeel.mixer.minutes", "0.75"));
    /** In so many each fault of a part has its turn, and not only the part. */
    private static final double LONG_MINUTES = 10;

    private static final int RATE = 300;
    private static final Duration LIMIT = Duration.ofMinutes(3);
    private static final Duration LOOK_AGAIN = Duration.ofMillis(500);

    @RegisterExtension
    static final Evidence EVIDENCE = new Evidence();

    private final Seed seed = Seed.ofRun();
    private final Load load = new Load(seed.random("load"));

    @Test
    @DisplayName(
            "F21 for 45 s, or -Devenkeel.mixer.minutes=30: nothing is lost, doubled, invented or out of order, rejected are the messages that should be,"
                    + " nothing is left in a queue, and all nodes have one catalog")
    void shouldBearAllAtOnce() {
        System.out.println("repeat: " + seed.repeat(MixerIT.class) + " -Devenkeel.mixer.minutes=" + MINUTES);
        try (Comparison comparison = new Comparison();
                Cluster cluster = start()) {
            Strays strays = new Strays(cluster);
            CatalogChanges catalog = new CatalogChanges(cluster.nodes());
            Publishing publishing = cluster.publishing(Load.QUEUE, load, RATE);
            cluster.awaitPublished(publishing, RATE);
            try (Nemesis nemesis = new Nemesis(
                    cluster,
                    publishing,
                    load,
                    strays,
                    catalog,
                    EVIDENCE.folder().resolve("faults.log"))) {
                nemesis.begin();
                mix(nemesis, cluster, comparison);
                publishing.end();
                publishing.await(LIMIT);
                cluster.await("a match of each event", LIMIT, () -> {
                    follow(cluster, comparison);
                    return comparison.complete() || !comparison.agrees();
                });
                List<Rejected> rejected = takeRejected(cluster);
                cluster.awaitDrained();
                follow(cluster, comparison);

                judge(nemesis, cluster, comparison, rejected);
                strays.judge(rejected);
                catalog.judge();
            }
        }
    }

    private Cluster start() {
        Cluster cluster = aCluster()
                .withSlowableBroker()
                .withDocuments(Load.TYPE)
                .withDocuments(Comparison.QUERY)
                .withDocuments(CatalogChanges.QUERY)
                .withInput(Load.QUEUE, "Reading")
                .withBatch(100)
                .withOutput(Comparison.QUEUE, CatalogChanges.QUEUE)
                .start(EVIDENCE.folder(), seed);
        // What the others tell a node that wakes up and takes the lead, since it sees nobody.
        cluster.expectErrors("claims mastership but it is not a member");
        // What the grid says when a node is killed or frozen while two parts become one again: it tries once more, or
        // the node
        // that gave way starts from the log of the other part, whose copies are then checked one by one.
        cluster.expectErrors("c.h.i.c.i.ClusterMergeTask");
        cluster.expectErrors("cannot lock cluster state! New state: ClusterStateChange");
        // What Artemis' client says of a broker that dies while the connection to it is made.
        cluster.expectErrors("AMQ214016: Failed to create netty connection");
        // What a broker says of a node that was frozen for longer than that while it connected.
        cluster.expectErrors("AMQ224088: Timeout (10 seconds) on acceptor");
        return cluster;
    }

    private void mix(Nemesis nemesis, Cluster cluster, Comparison comparison) {
        long end = System.nanoTime() + (long) (MINUTES * Duration.ofMinutes(1).toNanos());
        boolean well = true;
        while (well && System.nanoTime() - end < 0) {
            well = nemesis.goesOnFor(LOOK_AGAIN);
            follow(cluster, comparison);
            // What went wrong is best looked at before more happens.
            well &= comparison.agrees();
        }
        nemesis.end();
    }

    /** Matches first: the events of all that are taken have been told by then. */
    private void follow(Cluster cluster, Comparison comparison) {
        var matches = cluster.takeMatches(Comparison.QUEUE);
        load.tell(comparison::expect);
        matches.forEach(comparison::see);
        cluster.takeMatches(CatalogChanges.QUEUE).forEach(comparison::seeOther);
    }

    private static List<Rejected> takeRejected(Cluster cluster) {
        cluster.await("all messages to be taken", LIMIT, () -> cluster.broker().depth(Load.QUEUE) == 0);
        String rejected = Load.QUEUE + ".rejected";
        try (RawQueue queue = new RawQueue(cluster.connection(), rejected)) {
            return queue.takeRejected((int) cluster.broker().depth(rejected), LIMIT);
        }
    }

    private void judge(Nemesis nemesis, Cluster cluster, Comparison comparison, List<Rejected> rejected) {
        Verdict verdict = comparison.verdict(seed);
        var silence = comparison.silence();
        System.out.println("mixer: " + verdict.line() + " during="
                + nemesis.during(silence.fromNanos(), silence.toNanos()) + " matches=" + comparison.matches()
                + " rejected=" + rejected.size() + " unconfirmed=" + cluster.unconfirmed() + " faults="
                + nemesis.counts());
        assertThat(verdict.complete()).as("%s", verdict).isTrue();
        assertThat(verdict.disorder()).as("%s", verdict).isEmpty();
        if (MINUTES >= LONG_MINUTES) {
            assertThat(nemesis.counts()).as("what was inflicted").containsOnlyKeys(Fault.values());
        } else {
            assertThat(nemesis.counts().keySet())
                    .as("what was inflicted")
                    .extracting(Fault::part)
                    .contains(Part.values());
        }
        cluster.rejectErrors(verdict);
        cluster.awaitOneCatalog(LIMIT);
    }
}
