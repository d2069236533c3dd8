// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.catalog;

import io.evenkeel.correlator.catalog.Nodes.NodeRef;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps this node in step with the register, and decides changes whose node is gone: if all members that were asked to
 * prepare and are still here have done so, the change is committed, else undone. All survivors may do that at once; the
 * register lets the first one decide.
 *
 * <p>For one thread, which calls {@link #start} and then {@link #look} again and again.
 */
final class CatalogWatch {
    private static final Logger LOG = LoggerFactory.getLogger(CatalogWatch.class);
    private static final Duration ASK = Duration.ofSeconds(5);
    /** So long the first survivor has the floor; then all try. */
    private static final Duration PRECEDENCE = Duration.ofSeconds(2);
    /** A full disk is not tried twice a second: each try reads the register, which writes it. */
    private static final Duration FIRST_PAUSE = Duration.ofMillis(500);

    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);

    private final NodeCatalog node;
    private final Register register;
    private final ChangeRounds rounds;
    private final ChangeDecider decider;
    private final Safety safety;
    private final Pace pace;
    private final ChangeLimits limits;
    private final Map<String, Long> firstSeen = new HashMap<>();
    private long seenVersion = -1;
    /** Between tries while there is trouble; 0: there is none. */
    private long pauseNanos;

    private long triedNanos;

    CatalogWatch(
            NodeCatalog node,
            Register register,
            ChangeRounds rounds,
            ChangeDecider decider,
            Safety safety,
            Pace pace,
            ChangeLimits limits) {
        this.node = node;
        this.register = register;
        this.rounds = rounds;
        this.decider = decider;
        this.safety = safety;
        this.pace = pace;
        this.limits = limits;
    }

    /**
     * Agrees with the others on the catalog, and runs it: the register's; or if there is none, since all nodes have been
     * down, the newest that any of at least {@code minimum} nodes has kept. What was answered before is on so many disks
     * that it is among them.
     *
     * @return false if that is not done yet, because too few nodes are here or have it on their disks
     */
    boolean start() {
        if (!safety.open()) {
            return false;
        }
        RegisterState now = register.read();
        List<Answer> kept = keptByNodes();
        if (kept.size() < limits.minimum()) {
            return false;
        }
        if (now.version() == 0) {
            found(now, kept);
            return false;
        }
        RegisterState mine = node.kept();
        if (mine.newerThan(now)) {
            LOG.warn(
                    "Brings back catalog revision {} from this node's disk: {}",
                    mine.catalog().revision(),
                    text(kept));
            register.replace(now.restored(mine));
            return false;
        }
        if (mine.era() < now.era() && mine.catalog().revision() > now.catalog().revision()) {
            LOG.error(
                    "This node has kept catalog revision {}, which nobody was told of before the whole cluster ended. It is"
                            + " dropped for the cluster's revision {}",
                    mine.catalog().revision(),
                    now.catalog().revision());
        }
        node.follow(now);
        return kept.stream().filter(answer -> answer.era() == now.era()).count() >= limits.minimum();
    }

    private List<Answer> keptByNodes() {
        List<Answer> kept = new ArrayList<>();
        for (NodeRef member : rounds.nodes().members()) {
            Answer answer = rounds.nodes().ask(member, Question.kept(), ASK).join();
            if (answer.state() == NodeState.APPLIED) {
                kept.add(answer);
            }
        }
        return kept;
    }

    /** The node with the newest catalog begins the era. Several may have the same; the first one's beginning counts. */
    private void found(RegisterState now, List<Answer> kept) {
        RegisterState mine = node.kept();
        boolean newest = kept.stream().noneMatch(answer -> RegisterState.newer(answer.era(), answer.revision(), mine));
        if (newest) {
            LOG.info("Begins with catalog revision {}: {}", mine.catalog().revision(), text(kept));
            register.replace(now.founded(mine));
        }
    }

    private static String text(List<Answer> kept) {
        return kept.stream()
                .map(answer -> answer.outcome().node() + " has kept revision " + answer.revision() + " "
                        + answer.hash().substring(0, 12))
                .collect(Collectors.joining(", "));
    }

    /** Looks once. Throws what the register throws; the next look tries again. */
    void look() {
        if (!safety.open()) {
            return;
        }
        boolean inStep = node.trouble().isEmpty()
                && node.bytes().hash().equals(node.kept().catalog().hash());
        if (inStep) {
            pauseNanos = 0;
        }
        if (firstSeen.isEmpty() && (inStep || !due()) && register.peekVersion() == seenVersion) {
            return;
        }
        RegisterState now = register.read();
        if (!safety.open()) {
            return;
        }
        if (node.state().newerThan(now)) {
            LOG.warn(
                    "The grid has catalog revision {}, and this node runs {}: brings it back",
                    now.catalog().revision(),
                    node.bytes().revision());
            register.replace(now.restored(node.state()));
            return;
        }
        boolean news = now.version() != seenVersion;
        seenVersion = now.version();
        if (news || !inStep && due()) {
            follow(now);
        }
        settle(now);
    }

    private boolean due() {
        return pace.nanos() - triedNanos >= pauseNanos;
    }

    /** The next try is later each time that there is trouble. */
    private void follow(RegisterState now) {
        try {
            node.follow(now);
        } finally {
            triedNanos = pace.nanos();
            pauseNanos = node.trouble().isEmpty()
                    ? 0
                    : Math.min(LONGEST_PAUSE.toNanos(), Math.max(FIRST_PAUSE.toNanos(), 2 * pauseNanos));
        }
    }

    private void settle(RegisterState now) {
        Set<String> open = new TreeSet<>();
        for (OpenChange change : now.open()) {
            String key = change.id() + "/" + change.attempt();
            open.add(key);
            long since = firstSeen.computeIfAbsent(key, first -> pace.nanos());
            settle(change, Duration.ofNanos(pace.nanos() - since));
        }
        firstSeen.keySet().retainAll(open);
    }

    private void settle(OpenChange change, Duration age) {
        List<NodeRef> members = rounds.nodes().members();
        boolean running = members.stream().anyMatch(member -> member.id().equals(change.runBy()));
        boolean overdue = age.compareTo(limits.prepare().plus(limits.apply())) > 0;
        boolean first = members.stream()
                .filter(member -> change.members().contains(member.id()))
                .findFirst()
                .or(() -> members.stream().findFirst())
                .filter(rounds.nodes().self()::equals)
                .isPresent();
        if (overdue) {
            undo(
                    change,
                    "Expected to be decided in its time, but " + change.runByName() + " did not decide.",
                    List.of());
        } else if (!running && (first || age.compareTo(PRECEDENCE) > 0)) {
            settleAfterDeath(change);
        }
    }

    private void settleAfterDeath(OpenChange change) {
        List<NodeOutcome> said = rounds.said(change, ASK);
        Optional<CatalogBytes> proposed = node.findPrepared(change);
        boolean all = said.stream().allMatch(outcome -> outcome.state() == NodeState.PREPARED);
        boolean uncertain = said.stream()
                .anyMatch(outcome -> outcome.state() == NodeState.SILENT || outcome.state() == NodeState.LEFT);
        if (said.isEmpty() || !all && !uncertain) {
            undo(
                    change,
                    "Its node " + change.runByName() + " left before all others had prepared it. It was undone; nothing"
                            + " has changed on any node.",
                    said);
        } else if (all && proposed.isPresent()) {
            commit(change, proposed.get(), said);
        }
        // Else the next look asks again: who left is no member then, and who was silent may speak.
    }

    private void undo(OpenChange change, String reason, List<NodeOutcome> said) {
        var decision = decider.abort(change, rounds.nodes().self().name(), reason, said, deadline());
        LOG.info("Settled {} of {}: {}", change.title(), change.runByName(), decision);
    }

    private void commit(OpenChange change, CatalogBytes proposed, List<NodeOutcome> said) {
        var decision = decider.commit(change, proposed, rounds.nodes().self().name(), said, deadline());
        LOG.info("Settled {} of {}: {}", change.title(), change.runByName(), decision);
        if (decision.committed()) {
            Set<String> asked = new TreeSet<>();
            said.forEach(outcome -> asked.add(outcome.node()));
            asked.add(change.runByName());
            List<NodeOutcome> applied = rounds.apply(change.last(), asked, limits.apply());
            decider.keep(decision.records().stream()
                    .map(record -> record.with(applied))
                    .toList());
        }
    }

    private Deadline deadline() {
        return new Deadline(pace, limits.apply());
    }
}
