// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.http;

import io.evenkeel.correlator.catalog.CatalogStore;
import io.evenkeel.correlator.catalog.CatalogUnavailableException;
import io.evenkeel.correlator.catalog.ChangeAbortedException;
import io.evenkeel.correlator.catalog.ChangeIdReusedException;
import io.evenkeel.correlator.catalog.ChangeOutcome;
import io.evenkeel.correlator.catalog.ChangeRecord;
import io.evenkeel.correlator.catalog.ChangeRequest;
import io.evenkeel.correlator.catalog.ChangeState;
import io.evenkeel.correlator.catalog.NodeOutcome;
import io.evenkeel.correlator.catalog.NodeState;
import io.evenkeel.query.CatalogSnapshot;
import io.evenkeel.query.catalog.CatalogChange;
import io.evenkeel.query.catalog.CatalogRules;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The catalog of one process, with the real rules; without compiler and grid. */
public final class MemoryCatalog implements CatalogStore {
    private final Map<String, ChangeRecord> records = new HashMap<>();
    private CatalogSnapshot snapshot = CatalogSnapshot.EMPTY;
    private boolean available = true;
    private boolean lost;
    private int latestReads;
    private List<CatalogChange> race = List.of();
    private List<NodeOutcome> objections = List.of();

    @Override
    public synchronized CatalogSnapshot current() {
        if (lost) {
            requireAvailable();
        }
        return snapshot;
    }

    @Override
    public synchronized CatalogSnapshot latest() {
        requireAvailable();
        latestReads++;
        return snapshot;
    }

    @Override
    public synchronized ChangeOutcome change(ChangeRequest request) {
        requireAvailable();
        ChangeRecord earlier = records.get(request.id());
        if (earlier != null && !earlier.fingerprint().equals(request.fingerprint())) {
            throw new ChangeIdReusedException(request.id());
        }
        if (earlier != null && earlier.state() == ChangeState.COMMITTED) {
            return new ChangeOutcome(earlier, snapshot, snapshot, true);
        }
        snapshot = CatalogRules.apply(snapshot, race);
        race = List.of();
        CatalogSnapshot before = snapshot;
        CatalogSnapshot next = CatalogRules.apply(before, request.proposal().changesOn(before));
        if (!objections.isEmpty()) {
            ChangeRecord aborted = record(request, ChangeState.ABORTED, before.revision(), objections);
            throw new ChangeAbortedException(aborted);
        }
        snapshot = next;
        ChangeState state = next == before ? ChangeState.UNCHANGED : ChangeState.COMMITTED;
        ChangeRecord record =
                record(request, state, next.revision(), List.of(new NodeOutcome("n1", NodeState.APPLIED, "", "")));
        return new ChangeOutcome(record, before, next, false);
    }

    private ChangeRecord record(ChangeRequest request, ChangeState state, long revision, List<NodeOutcome> nodes) {
        ChangeRecord record = new ChangeRecord(
                request.id(), 1, request.fingerprint(), state, revision, "n1", nodes.toString(), nodes);
        records.put(request.id(), record);
        return record;
    }

    @Override
    public synchronized void check(List<CatalogChange> changes) {
        CatalogRules.apply(snapshot, changes);
    }

    @Override
    public synchronized Optional<ChangeRecord> findChange(String id) {
        return Optional.ofNullable(records.get(id));
    }

    private void requireAvailable() {
        if (!available) {
            throw new CatalogUnavailableException(
                    "Expected a majority, but this node is alone.", Duration.ofSeconds(7));
        }
    }

    /** How often {@link #latest} was asked for. */
    synchronized int latestReads() {
        return latestReads;
    }

    /** Not even what this node ran is there any more. */
    synchronized void lose() {
        available = false;
        lost = true;
    }

    synchronized void setAvailable(boolean yes) {
        available = yes;
    }

    /** Lets these changes come in between the next request and its change. */
    synchronized void race(List<CatalogChange> changes) {
        race = changes;
    }

    /** Lets nodes object to the changes from now on. */
    synchronized void object(NodeOutcome... nodes) {
        objections = List.of(nodes);
    }
}
