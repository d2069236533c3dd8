// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.catalog;

import static java.util.Objects.requireNonNull;

import io.evenkeel.query.CatalogSnapshot;
import io.evenkeel.query.catalog.CatalogChange;
import java.util.List;
import java.util.UUID;

/**
 * What somebody wants to change.
 *
 * @param id          names the change for ever; a repeat under the same id is made once
 * @param fingerprint of the content, to tell a repeat from another change that was given the same id
 * @param proposal    the changes, once it is known on what they are made
 */
public record ChangeRequest(String id, String fingerprint, Proposal proposal) {

    /** Decides on a snapshot what is to be changed. Pure, and called again if another change comes in between. */
    @FunctionalInterface
    public interface Proposal {
        /**
         * @throws PreconditionFailedException if the snapshot is not as it was expected to be
         * @throws NoSuchDefinitionException   if what is to be deleted is not there
         */
        List<CatalogChange> changesOn(CatalogSnapshot base);
    }

    public ChangeRequest {
        requireNonNull(id, "id");
        requireNonNull(fingerprint, "fingerprint");
        requireNonNull(proposal, "proposal");
    }

    /** Under an id that nobody has used. */
    public static ChangeRequest of(Proposal proposal) {
        String id = UUID.randomUUID().toString();
        return new ChangeRequest(id, id, proposal);
    }

    /** These changes, whatever is there. */
    public static ChangeRequest of(List<CatalogChange> changes) {
        return of(base -> changes);
    }
}
