// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.catalog;

import io.evenkeel.query.CatalogSnapshot;
import io.evenkeel.query.DefinitionRefusedException;
import io.evenkeel.query.QueryDefinition;
import io.evenkeel.query.QueryInstance;
import io.evenkeel.query.catalog.CatalogChange;
import io.evenkeel.query.document.DocumentReader;
import io.evenkeel.runtime.engine.CompiledQuery;
import io.evenkeel.runtime.engine.Engine;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;

/**
 * The protocol of the catalog in one thread, from a seed: three nodes, of which any may die at any step, as the one that
 * runs a change or as one that is asked; lost answers; writes of which nobody knows whether they happened; other nodes'
 * changes and looks in the middle of each; repeats of requests under their ids; ends of the whole cluster.
 *
 * <p>What it does not show: threads (one node does one thing at a time here), the grid's own replication, disks.
 */
final class CatalogSimulation {
    static final int NODES = 3;
    private static final int MINIMUM = 2;
    private static final int DEEPEST = 3;
    /** In place of a revision: the catalog was asked, and the answer is no. */
    private static final long REFUSED = -1;

    final Random random;
    final SimulatedRegister register;
    final List<SimulatedNode> nodes = new ArrayList<>();
    /** Requests by id. */
    final Map<String, Attempted> attempted = new LinkedHashMap<>();

    private final List<String> inFlight = new ArrayList<>();
    private final Map<String, Integer> asked = new HashMap<>();
    private final List<String> story = new ArrayList<>();
    private final double deaths;
    private long nanos;
    private int depth;
    private int requests;

    /** A node's end, in the middle of what it does. An Error, so that nobody takes it for a failure and goes on. */
    static final class Death extends Error {
        private static final long serialVersionUID = 1L;

        Death(String what) {
            super(what, null, false, false);
        }
    }

    /** What became of a request, as its client sees it. */
    enum Seen {
        DONE,
        UNCHANGED,
        NOTHING_CHANGED,
        UNKNOWN
    }

    /** A request, and what its client was told last. */
    record Attempted(ChangeRequest request, Seen seen, long revision) {}

    CatalogSimulation(long seed, boolean comparing) {
        // Seeds in a row give generators that begin alike, and the first number decides how many die.
        random = new Random(new SplittableRandom(seed).nextLong());
        register = new SimulatedRegister(this, comparing);
        // Some runs are quiet, some are a massacre.
        deaths = random.nextInt(4) * 0.015;
        for (int i = 0; i < NODES; i++) {
            nodes.add(new SimulatedNode(this, "node-" + (i + 1)));
        }
        nodes.forEach(SimulatedNode::start);
        nodes.forEach(SimulatedNode::tryAgree);
    }

    void run(int steps) {
        for (int i = 0; i < steps; i++) {
            act();
        }
        heal();
    }

    /** Everybody comes back, and looks until there is nothing more to do. */
    void heal() {
        tell("heal");
        register.calm();
        nodes.forEach(node -> node.calm = true);
        nodes.stream().filter(node -> !node.alive()).forEach(SimulatedNode::start);
        for (int i = 0; i < 20; i++) {
            nanos += Duration.ofSeconds(10).toNanos();
            nodes.forEach(SimulatedNode::tryAgree);
            nodes.forEach(SimulatedNode::look);
        }
    }

    private void act() {
        List<SimulatedNode> idle =
                nodes.stream().filter(node -> node.agreed() && !node.busy).toList();
        List<SimulatedNode> dead = nodes.stream().filter(node -> !node.alive()).toList();
        int dice = random.nextInt(100);
        if (dice < 1 && depth == 0) {
            tell("all die");
            nodes.stream().filter(SimulatedNode::alive).forEach(SimulatedNode::die);
            register.forget();
        } else if (dice < 25 && !dead.isEmpty()) {
            SimulatedNode node = pick(dead);
            tell(node.name() + " starts");
            node.start();
            node.tryAgree();
        } else if (dice < 40) {
            nodes.stream().filter(node -> node.alive() && !node.busy).forEach(node -> {
                node.tryAgree();
                node.look();
            });
        } else if (!idle.isEmpty()) {
            request(pick(idle));
        }
    }

    /** One, or a few that wait for their turn together. */
    private void request(SimulatedNode node) {
        int count = random.nextInt(3) == 0 ? 2 + random.nextInt(3) : 1;
        List<Asked> all = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            all.add(ask());
        }
        tell(node.name() + " is asked for "
                + all.stream().map(one -> one.request().id()).toList());
        List<Attempted> answers = node.request(all.stream().map(Asked::request).toList());
        all.forEach(one -> inFlight.remove(one.request().id()));
        for (int i = 0; i < count; i++) {
            Asked one = all.get(i);
            String id = one.request().id();
            boolean another = inFlight.contains(id) || asked.get(id) != one.time();
            attempted.merge(id, answers.get(i), (meanwhile, mine) -> known(one.before(), meanwhile, mine, another));
            tell(id + " " + answers.get(i).seen() + " " + answers.get(i).revision());
        }
    }

    /** @param time counts the askings of a request */
    private record Asked(ChangeRequest request, Attempted before, int time) {}

    private Asked ask() {
        List<Attempted> open = attempted.values().stream()
                .filter(one -> one.seen() != Seen.DONE && one.seen() != Seen.UNCHANGED)
                .toList();
        ChangeRequest request = !open.isEmpty() && random.nextInt(3) == 0
                ? pick(open).request()
                : new ChangeRequest("c" + ++requests, "f", proposal(requests));
        Attempted before = attempted.getOrDefault(request.id(), new Attempted(request, Seen.NOTHING_CHANGED, 0));
        // Until it is answered, nothing is known.
        attempted.put(request.id(), new Attempted(request, Seen.UNKNOWN, 0));
        inFlight.add(request.id());
        return new Asked(request, before, asked.merge(request.id(), 1, Integer::sum));
    }

    /** What a client knows that has asked before, and perhaps asks another node at the same time. */
    private static Attempted known(Attempted before, Attempted meanwhile, Attempted mine, boolean another) {
        for (Attempted one : List.of(before, meanwhile, mine)) {
            if (one.seen() == Seen.DONE) {
                return one;
            }
        }
        boolean refused = mine.seen() == Seen.NOTHING_CHANGED && mine.revision() < 0;
        boolean asBefore = mine.seen() == Seen.NOTHING_CHANGED && before.seen() == Seen.NOTHING_CHANGED;
        return !another && (refused || asBefore || mine.seen() == Seen.UNCHANGED)
                ? mine
                : new Attempted(mine.request(), Seen.UNKNOWN, 0);
    }

    /** A change of one to three things, some with a precondition, all of which tell who made them. */
    private ChangeRequest.Proposal proposal(int number) {
        int things = 1 + random.nextInt(3);
        List<Integer> names = new ArrayList<>();
        for (int i = 0; i < things; i++) {
            names.add(random.nextInt(4));
        }
        int kind = random.nextInt(10);
        CatalogSnapshot seen = register.state.catalog().snapshot();
        return base -> {
            if (kind < 5 && !seen.titles().equals(base.titles())) {
                throw new PreconditionFailedException("titles are others");
            }
            List<CatalogChange> changes = new ArrayList<>();
            if (kind == 7) {
                return changes;
            }
            for (int name : new TreeSet<>(names)) {
                if (kind == 9) {
                    if (!base.eventTypes().containsKey("E" + name)) {
                        throw new NoSuchDefinitionException("event type E" + name);
                    }
                    changes.add(new CatalogChange.DeleteEventType("E" + name));
                } else {
                    changes.add(put("event: E" + name + "\nfields: {k: string, by" + number + ": long}"));
                }
                if (kind == 8) {
                    changes.add(put("query: q" + name + "\ninputs: [{event: E" + name
                            + ", key: k, within: 1 hour}]\nepl: select 'by" + number + "' from E" + name
                            + "\noutput: {event: M, to: 'queue:m'}"));
                }
            }
            return changes;
        };
    }

    private static CatalogChange put(String document) {
        return CatalogChange.put(DocumentReader.readOne("simulated", document));
    }

    /** Compiles anything; some of it cannot be deployed on the second node. */
    static CompiledQuery compile(QueryDefinition definition, String node) {
        return new CompiledQuery() {
            @Override
            public QueryDefinition definition() {
                return definition;
            }

            @Override
            public Engine open(List<QueryInstance> instances, long startTime) {
                if (node.equals("node-2") && definition.epl().hashCode() % 3 == 0) {
                    throw new IllegalStateException("cannot deploy");
                }
                return new NoEngine();
            }
        };
    }

    /** A node passes a step: it may die, or others may do something first. */
    void pass(SimulatedNode node, ChangeStep step) {
        if (!node.calm && random.nextDouble() < deaths) {
            tell(node.name() + " dies at " + step);
            node.die();
        }
        // While it applies, a node holds a lock; nobody comes between.
        if (step != ChangeStep.APPLYING) {
            interleave(node, 12);
        }
        node.requireAlive();
    }

    /** @param seldom one time in so many, others do something first */
    void interleave(SimulatedNode node, int seldom) {
        if (!node.calm && depth < DEEPEST && random.nextInt(seldom) == 0) {
            boolean was = node.busy;
            node.busy = true;
            depth++;
            try {
                act();
            } finally {
                depth--;
                node.busy = was;
            }
        }
    }

    List<Nodes.NodeRef> members() {
        return nodes.stream()
                .filter(SimulatedNode::alive)
                .map(SimulatedNode::ref)
                .toList();
    }

    boolean safe() {
        return members().size() >= MINIMUM;
    }

    CompletableFuture<Answer> ask(SimulatedNode from, Nodes.NodeRef to, Question question) {
        from.requireAlive();
        nanos += 1_000_000;
        SimulatedNode target = nodes.stream()
                .filter(node -> node.alive() && node.ref().equals(to))
                .findFirst()
                .orElse(null);
        Answer answer;
        if (target == null) {
            answer = Answer.about(to.name(), NodeState.LEFT, "");
        } else if (!from.calm && random.nextInt(60) == 0) {
            answer = Answer.about(to.name(), NodeState.SILENT, "the question was lost");
        } else {
            answer = target.answer(question);
        }
        from.requireAlive();
        return CompletableFuture.completedFuture(answer);
    }

    Pace paceOf(SimulatedNode node) {
        return new Pace() {
            @Override
            public long nanos() {
                return nanos;
            }

            @Override
            public void pause(Duration time) {
                nanos += time.toNanos();
                interleave(node, 12);
                node.requireAlive();
            }
        };
    }

    boolean awaitSafe(SimulatedNode node, Duration limit) {
        if (!safe()) {
            nanos += limit.toNanos();
        }
        node.requireAlive();
        return safe();
    }

    ChangeLimits limits() {
        return new ChangeLimits(Duration.ofSeconds(1), Duration.ofSeconds(2), Duration.ofSeconds(1), MINIMUM);
    }

    void tell(String what) {
        story.add("  ".repeat(depth) + what);
    }

    String story() {
        return String.join("\n", story);
    }

    <T> T pick(List<T> some) {
        return some.get(random.nextInt(some.size()));
    }

    /** What a client is told, for an exception of the catalog. */
    static Attempted told(ChangeRequest request, RuntimeException failure) {
        if (failure instanceof CatalogUnavailableException unavailable) {
            return new Attempted(request, unavailable.change() == null ? Seen.NOTHING_CHANGED : Seen.UNKNOWN, 0);
        }
        if (failure instanceof DefinitionRefusedException
                || failure instanceof PreconditionFailedException
                || failure instanceof NoSuchDefinitionException
                || failure instanceof ChangeAbortedException) {
            return new Attempted(request, Seen.NOTHING_CHANGED, REFUSED);
        }
        throw failure;
    }
}
