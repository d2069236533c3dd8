// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.catalog;

import io.evenkeel.query.CatalogSnapshot;
import io.evenkeel.query.DefinitionRefusedException;
import io.evenkeel.query.catalog.CatalogChange;
import java.util.List;
import java.util.Optional;

/**
 * The catalog of the cluster, as this node sees and changes it.
 *
 * <p><b>Threads.</b> Any. {@link #current} is local and quick; the others compile, or ask the grid and other nodes.
 */
public interface CatalogStore {
    /** The snapshot that this node runs. */
    CatalogSnapshot current();

    /**
     * The snapshot that is in force in the cluster, read from the grid: not older than any that anybody has seen before.
     *
     * @throws CatalogUnavailableException if the cluster is unsafe or a minority
     */
    CatalogSnapshot latest();

    /**
     * Compile, check the rules and apply all or nothing. When it returns, every live node runs the change. A change that
     * was committed under the same id before is not made again: its outcome is returned. One that leads nowhere new
     * changes nothing.
     *
     * @return the outcome; committed or unchanged
     * @throws DefinitionRefusedException  with every fault; nothing changed
     * @throws PreconditionFailedException as the proposal threw it; nothing changed
     * @throws NoSuchDefinitionException   as the proposal threw it; nothing changed
     * @throws ChangeIdReusedException     if the id belongs to another change; nothing changed
     * @throws ChangeAbortedException      if a node could not prepare or left meanwhile; nothing changed on any node
     * @throws CatalogUnavailableException if the cluster is unsafe or a minority, or it is not known how it ended; a
     *                                     repeat under the same id is safe
     */
    ChangeOutcome change(ChangeRequest request);

    /**
     * Rules and compile without a change.
     *
     * @throws DefinitionRefusedException with every fault
     */
    void check(List<CatalogChange> changes);

    /** A change that was started; empty: never started, or so long ago that it is forgotten. */
    Optional<ChangeRecord> findChange(String id);
}
