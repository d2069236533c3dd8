// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.catalog;

import static java.util.Objects.requireNonNull;

import java.util.List;

/**
 * A change as it stands; once decided, its outcome. Readable on every node.
 *
 * @param id          as the request has it
 * @param attempt     counts from 1; a change that was aborted may be repeated under its id
 * @param fingerprint of the request
 * @param state       how far it has come
 * @param revision    that it has brought, if it was committed; else the one that it was made on
 * @param by          name of the node that decided, or runs it
 * @param reason      why it was aborted; empty otherwise
 * @param nodes       what each node said, in the order of their names
 */
public record ChangeRecord(
        String id,
        int attempt,
        String fingerprint,
        ChangeState state,
        long revision,
        String by,
        String reason,
        List<NodeOutcome> nodes) {
    public ChangeRecord {
        requireNonNull(id, "id");
        requireNonNull(fingerprint, "fingerprint");
        requireNonNull(state, "state");
        requireNonNull(by, "by");
        requireNonNull(reason, "reason");
        nodes = List.copyOf(nodes);
    }

    ChangeRecord with(List<NodeOutcome> outcomes) {
        return new ChangeRecord(id, attempt, fingerprint, state, revision, by, reason, outcomes);
    }
}
