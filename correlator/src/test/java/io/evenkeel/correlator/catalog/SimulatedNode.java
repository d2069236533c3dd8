// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.catalog;

import io.evenkeel.correlator.catalog.CatalogSimulation.Attempted;
import io.evenkeel.correlator.catalog.CatalogSimulation.Death;
import io.evenkeel.correlator.catalog.CatalogSimulation.Seen;
import io.evenkeel.correlator.catalog.Nodes.NodeRef;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A node with the real catalog, a memory that it loses and a disk that it keeps. */
final class SimulatedNode {
    private final CatalogSimulation simulation;
    private final String name;
    private RegisterState disk = RegisterState.EMPTY;
    private int incarnation;
    private @Nullable ClusterCatalog catalog;
    private boolean agreed;
    /** In the middle of something: not to be given anything else to do. */
    boolean busy;

    boolean calm;

    SimulatedNode(CatalogSimulation simulation, String name) {
        this.simulation = simulation;
        this.name = name;
    }

    String name() {
        return name;
    }

    NodeRef ref() {
        return new NodeRef(name + "#" + incarnation, name);
    }

    boolean alive() {
        return catalog != null;
    }

    boolean agreed() {
        return catalog != null && agreed;
    }

    ClusterCatalog catalog() {
        if (catalog == null) {
            throw new Death(name + " is dead");
        }
        return catalog;
    }

    void requireAlive() {
        if (catalog == null) {
            throw new Death(name + " is dead");
        }
    }

    void die() {
        catalog = null;
        agreed = false;
    }

    void start() {
        incarnation++;
        int mine = incarnation;
        Register register = simulation.register.of(this);
        PlanStore store =
                new PlanStore((definition, types) -> CatalogSimulation.compile(definition, name), 4, Runnable::run);
        CatalogDisk memory = new CatalogDisk() {
            @Override
            public Kept read() {
                return new Kept(disk, List.of());
            }

            @Override
            public void store(RegisterState state) {
                requireIncarnation(mine);
                disk = state.settled();
            }
        };
        Consumer<ChangeStep> steps = step -> {
            requireIncarnation(mine);
            simulation.pass(this, step);
            requireIncarnation(mine);
        };
        NodeCatalog node = new NodeCatalog(name, register, store, memory, () -> {}, steps, simulation.limits());
        Nodes nodes = new Nodes() {
            @Override
            public NodeRef self() {
                return new NodeRef(name + "#" + mine, name);
            }

            @Override
            public List<NodeRef> members() {
                requireIncarnation(mine);
                return simulation.members();
            }

            @Override
            public CompletableFuture<Answer> ask(NodeRef to, Question question, Duration limit) {
                requireIncarnation(mine);
                return simulation.ask(SimulatedNode.this, to, question);
            }
        };
        Safety safety = new Safety() {
            @Override
            public boolean open() {
                requireIncarnation(mine);
                return simulation.safe();
            }

            @Override
            public boolean awaitOpen(Duration limit) {
                requireIncarnation(mine);
                return simulation.awaitSafe(SimulatedNode.this, limit);
            }

            @Override
            public List<String> reasons() {
                return List.of("too few");
            }
        };
        catalog = new ClusterCatalog(
                node, register, nodes, safety, store, simulation.limits(), simulation.paceOf(this), steps);
    }

    /** What runs on after its node has died and come back is another life's. */
    private void requireIncarnation(int mine) {
        if (catalog == null || mine != incarnation) {
            throw new Death(name + "#" + mine + " is dead");
        }
    }

    void tryAgree() {
        act(() -> {
            if (!agreed) {
                agreed = catalog().tryStart();
            }
        });
    }

    void look() {
        if (agreed()) {
            act(() -> catalog().look());
        }
    }

    private void act(Runnable action) {
        if (!alive() || busy) {
            return;
        }
        busy = true;
        try {
            action.run();
        } catch (CatalogUnavailableException e) {
            simulation.tell(name + ": " + e.getMessage());
        } catch (Death e) {
            simulation.tell(String.valueOf(e.getMessage()));
        } finally {
            busy = false;
        }
    }

    /** What became of each; more than one are decided together. */
    List<Attempted> request(List<ChangeRequest> requests) {
        busy = true;
        try {
            List<Supplier<ChangeOutcome>> changes = requests.size() == 1
                    ? List.of(() -> catalog().change(requests.get(0)))
                    : catalog().changeTogether(requests);
            List<Attempted> answers = new ArrayList<>();
            for (ChangeRequest request : requests) {
                answers.add(answer(request, changes.get(answers.size())));
            }
            return answers;
        } catch (Death e) {
            return requests.stream()
                    .map(request -> new Attempted(request, Seen.UNKNOWN, 0))
                    .toList();
        } catch (RuntimeException e) {
            return requests.stream()
                    .map(request -> CatalogSimulation.told(request, e))
                    .toList();
        } finally {
            busy = false;
        }
    }

    private Attempted answer(ChangeRequest request, Supplier<ChangeOutcome> change) {
        try {
            ChangeOutcome outcome = change.get();
            Seen seen = outcome.record().state() == ChangeState.COMMITTED ? Seen.DONE : Seen.UNCHANGED;
            CatalogCheck.requireAppliedEverywhere(simulation, outcome);
            return new Attempted(request, seen, outcome.record().revision());
        } catch (Death e) {
            return new Attempted(request, Seen.UNKNOWN, 0);
        } catch (RuntimeException e) {
            return CatalogSimulation.told(request, e);
        }
    }

    Answer answer(Question question) {
        try {
            return catalog().node().answer(question);
        } catch (Death e) {
            return Answer.about(name, NodeState.LEFT, "");
        }
    }
}
