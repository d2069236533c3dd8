// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.http;

import io.evenkeel.query.CatalogSnapshot;
import io.evenkeel.query.DefinitionRefusedException;
import io.evenkeel.query.catalog.CatalogChange;
import java.util.List;
import java.util.OptionalLong;

/**
 * The catalog of the cluster, as this node sees and changes it.
 *
 * <p><b>Threads.</b> Any. {@link #current} is local and quick; the others compile and wait for other nodes.
 */
public interface CatalogStore {
    /** The newest snapshot that this node knows. */
    CatalogSnapshot current();

    /**
     * Compile, check the rules and apply all or nothing. When it returns, every live member runs the change. A repeat of a
     * change that is in force already changes nothing.
     *
     * @param expectedRevision the only revision that the change may be made on; empty: any, races are tried again
     * @return the snapshot with the change
     * @throws DefinitionRefusedException  with every fault; nothing changed
     * @throws ConflictException           if the revision is another one; nothing changed
     * @throws CatalogUnavailableException if the cluster is unsafe or a minority; nothing changed, try later
     */
    CatalogSnapshot change(List<CatalogChange> changes, OptionalLong expectedRevision);

    /**
     * Rules and compile without a change.
     *
     * @throws DefinitionRefusedException with every fault
     */
    void check(List<CatalogChange> changes);
}
