// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.catalog;

import io.evenkeel.query.CatalogSnapshot;
import io.evenkeel.query.catalog.CatalogRules;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;

/** A register that sometimes does not answer for certain, and that remembers every catalog that came into force. */
final class SimulatedRegister {
    RegisterState state = RegisterState.EMPTY;
    /** The catalogs in force, one after the other. What the end of the whole cluster undid is not in it. */
    final SortedMap<Long, CatalogBytes> history = new TreeMap<>();
    /** Which change brought a revision. */
    final SortedMap<Long, String> bringers = new TreeMap<>();

    private final Map<String, ChangeRecord> kept = new HashMap<>();
    private final CatalogSimulation simulation;
    private final boolean comparing;
    private boolean calm;

    /** @param comparing false takes the guard away: whoever comes last wins */
    SimulatedRegister(CatalogSimulation simulation, boolean comparing) {
        this.simulation = simulation;
        this.comparing = comparing;
        history.put(0L, CatalogBytes.EMPTY);
    }

    /** Answers for certain from now on. */
    void calm() {
        calm = true;
    }

    /** All members are gone. */
    void forget() {
        state = RegisterState.EMPTY;
        kept.clear();
    }

    /** The register as a node reaches it. */
    Register of(SimulatedNode node) {
        return new Register() {
            @Override
            public RegisterState read() {
                before(node);
                return RegisterCodec.decode(RegisterCodec.encode(state));
            }

            @Override
            public long peekVersion() {
                before(node);
                return state.version();
            }

            @Override
            public RegisterState replace(RegisterState next) {
                before(node);
                boolean replaced = !comparing || next.version() == state.version() + 1;
                if (replaced) {
                    set(next);
                }
                uncertain();
                return replaced ? next : state;
            }

            @Override
            public void keep(Collection<ChangeRecord> records) {
                for (ChangeRecord record : records) {
                    before(node);
                    kept.merge(record.id(), record, (old, now) -> now.attempt() >= old.attempt() ? now : old);
                    uncertain();
                }
            }

            @Override
            public List<ChangeRecord> findKept(Collection<String> ids) {
                before(node);
                return ids.stream().map(kept::get).filter(Objects::nonNull).toList();
            }
        };
    }

    private void before(SimulatedNode node) {
        simulation.interleave(node, 30);
        node.requireAlive();
        if (!simulation.safe()) {
            throw new CatalogUnavailableException("a minority", Duration.ZERO);
        }
        uncertain();
    }

    private void uncertain() {
        if (!calm && simulation.random.nextInt(80) == 0) {
            throw new CatalogUnavailableException("not for certain", Duration.ZERO);
        }
    }

    private void set(RegisterState next) {
        next.open().stream()
                .filter(one -> !state.open().contains(one))
                .forEach(one -> simulation.tell("open " + one.parts() + " by " + one.runBy()));
        next.decided().stream()
                .filter(one -> !state.decided().contains(one))
                .forEach(one -> simulation.tell(
                        one.id() + "/" + one.attempt() + " " + one.state() + " by " + one.by() + " " + one.reason()));
        if (next.catalog().revision() != state.catalog().revision()) {
            long revision = next.catalog().revision();
            if (next.era() != state.era() || next.open().size() >= state.open().size()) {
                // Brought back from a disk: it is what it was, or what nobody had been told of.
                simulation.tell("restored " + revision);
            } else {
                long before = state.catalog().revision();
                bringers.tailMap(before + 1).clear();
                history.tailMap(before + 1).clear();
                next.decided().stream()
                        .filter(one -> one.state() == ChangeState.COMMITTED && one.revision() > before)
                        .forEach(this::brought);
            }
            history.put(revision, next.catalog());
        }
        state = next;
    }

    /** One of the changes that were decided together. What they lead to is compared in the end. */
    private void brought(ChangeRecord record) {
        long revision = record.revision();
        bringers.put(revision, record.id());
        simulation.tell("revision " + revision + " by " + record.id());
        CatalogSnapshot before = history.get(revision - 1).snapshot();
        ChangeRequest request = simulation.attempted.get(record.id()).request();
        history.put(
                revision,
                CatalogBytes.of(CatalogRules.apply(before, request.proposal().changesOn(before))));
    }
}
