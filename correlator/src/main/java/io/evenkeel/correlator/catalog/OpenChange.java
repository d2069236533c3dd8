// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.catalog;

import static java.util.Objects.requireNonNull;

import java.util.List;

/**
 * A change that is not decided yet, as the register has it.
 *
 * @param attempt     see {@link ChangeRecord}
 * @param base        the only revision that it may be committed on
 * @param runBy       id of the member that runs it; if it is gone, the others decide
 * @param runByName   its node's name
 * @param members     ids of the members that are asked to prepare
 */
public record OpenChange(
        String id, int attempt, String fingerprint, long base, String runBy, String runByName, List<String> members) {
    public OpenChange {
        requireNonNull(id, "id");
        requireNonNull(fingerprint, "fingerprint");
        requireNonNull(runBy, "runBy");
        requireNonNull(runByName, "runByName");
        members = List.copyOf(members);
    }

    ChangeRecord preparing() {
        return new ChangeRecord(id, attempt, fingerprint, ChangeState.PREPARING, base, runByName, "", List.of());
    }

    ChangeRecord committed(String by, List<NodeOutcome> nodes) {
        return new ChangeRecord(id, attempt, fingerprint, ChangeState.COMMITTED, base + 1, by, "", nodes);
    }

    ChangeRecord aborted(String by, String reason, List<NodeOutcome> nodes) {
        return new ChangeRecord(id, attempt, fingerprint, ChangeState.ABORTED, base, by, reason, nodes);
    }
}
