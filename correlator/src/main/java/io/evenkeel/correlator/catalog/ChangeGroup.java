// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.catalog;

import io.evenkeel.correlator.catalog.PendingChange.Begun;
import io.evenkeel.query.CatalogSnapshot;
import io.evenkeel.query.catalog.CatalogChange;
import io.evenkeel.query.catalog.CatalogRules;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * Requests that are decided together, each judged on the catalog as the one before leaves it. What is found about one holds
 * only if those before it come into force, so nobody is told before {@link #end}.
 */
final class ChangeGroup {
    private final RegisterState base;
    private final Function<ChangeRequest, Optional<ChangeRecord>> earlier;
    private final String self;
    private final List<OpenChange.Part> parts = new ArrayList<>();
    private final List<Made> made = new ArrayList<>();
    private final List<Ending> endings = new ArrayList<>();
    private final Set<String> ids = new HashSet<>();
    private final RuntimeException late;
    private CatalogSnapshot next;
    private boolean outdated;

    /** A part. */
    private record Made(PendingChange change, CatalogSnapshot before, CatalogSnapshot after) {}

    /** What is found about a request that is no part. */
    private interface Ending {
        void tell(Application awaiting);
    }

    /**
     * @param snapshot of the base
     * @param earlier  what is known of a request under its id; throws if the id belongs to another
     * @param self     name of this node
     * @param late     for requests of which no attempt may begin any more
     */
    ChangeGroup(
            RegisterState base,
            CatalogSnapshot snapshot,
            Function<ChangeRequest, Optional<ChangeRecord>> earlier,
            String self,
            RuntimeException late) {
        this.base = base;
        this.next = snapshot;
        this.earlier = earlier;
        this.self = self;
        this.late = late;
    }

    /** One under the id of a part that is here already is left out: it is judged when that is decided. */
    void add(PendingChange change) {
        if (ids.contains(change.request().id())) {
            return;
        }
        try {
            judge(change);
        } catch (RuntimeException e) {
            endings.add(awaiting -> change.refused(e));
        }
    }

    private void judge(PendingChange change) {
        ChangeRequest request = change.request();
        Optional<ChangeRecord> known = earlier.apply(request);
        if (known.isPresent() && known.get().state() == ChangeState.COMMITTED) {
            outdated |= known.get().revision() > base.catalog().revision();
            CatalogSnapshot catalog = next;
            endings.add(awaiting ->
                    change.begun(Begun.decided(new ChangeOutcome(known.get(), catalog, catalog, true), awaiting)));
        } else if (base.findOpen(request.id()).isPresent()) {
            endings.add(awaiting -> change.begun(Begun.elsewhere(base.version())));
        } else {
            CatalogSnapshot before = next;
            CatalogSnapshot after = after(request, before);
            if (after == before) {
                ChangeOutcome unchanged = new ChangeOutcome(unchanged(request, before), before, before, false);
                endings.add(awaiting -> change.begun(Begun.decided(unchanged, awaiting)));
                return;
            }
            if (change.deadline().passed()) {
                endings.add(awaiting -> change.refused(late));
                return;
            }
            int attempt = known.map(ChangeRecord::attempt).orElse(0) + 1;
            parts.add(new OpenChange.Part(request.id(), attempt, request.fingerprint()));
            made.add(new Made(change, before, after));
            ids.add(request.id());
            next = after;
        }
    }

    /** The catalog with a request; the same one if it leads nowhere new. */
    static CatalogSnapshot after(ChangeRequest request, CatalogSnapshot base) {
        List<CatalogChange> changes = request.proposal().changesOn(base);
        return changes.isEmpty() ? base : CatalogRules.apply(base, changes);
    }

    private ChangeRecord unchanged(ChangeRequest request, CatalogSnapshot on) {
        return new ChangeRecord(
                request.id(), 1, request.fingerprint(), ChangeState.UNCHANGED, on.revision(), self, "", List.of());
    }

    /** True if one of the requests came into force after the base was read: it has to be read again. */
    boolean outdated() {
        return outdated;
    }

    /** An attempt at the parts is about to be noted. */
    void tried() {
        made.forEach(one -> one.change().tried());
    }

    /** The parts were undone, and none of them is at fault: tells those of which that is the last that is known. */
    void undone(List<ChangeRecord> records) {
        for (int i = 0; i < made.size(); i++) {
            if (records.get(i).state() == ChangeState.ABORTED) {
                made.get(i).change().refused(new ChangeAbortedException(records.get(i)));
            }
        }
    }

    /** What would come into force; empty: nothing has to be decided. */
    List<OpenChange.Part> parts() {
        return parts;
    }

    /** The catalog with all of them. */
    CatalogSnapshot next() {
        return next;
    }

    /** True if these are what became of this attempt at the parts, and not of a later one. */
    boolean isMadeBy(List<ChangeRecord> records) {
        for (int i = 0; i < parts.size(); i++) {
            if (records.get(i).attempt() != parts.get(i).attempt()) {
                return false;
            }
        }
        return true;
    }

    /** All parts are in force: tells everybody. @param records one for each part */
    void end(List<ChangeRecord> records, Application awaiting) {
        for (int i = 0; i < made.size(); i++) {
            Made one = made.get(i);
            one.change()
                    .begun(Begun.decided(
                            new ChangeOutcome(records.get(i), one.before(), one.after(), false), awaiting));
        }
        endings.forEach(ending -> ending.tell(awaiting));
    }
}
