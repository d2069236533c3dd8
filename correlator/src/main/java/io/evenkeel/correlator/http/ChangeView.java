// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.http;

import io.evenkeel.correlator.catalog.ChangeRecord;
import io.evenkeel.correlator.catalog.ChangeState;
import io.evenkeel.correlator.catalog.NodeOutcome;
import java.util.List;

/**
 * A change as the API tells it.
 *
 * @param state    how far it has come
 * @param revision that it has brought, if it was committed; else the one that it was made on
 * @param by       node that decided, or runs it
 * @param reason   why it was aborted; empty otherwise
 * @param nodes    what each node said
 * @param etags    of the definitions that it put, where this answers that very change; else empty
 */
record ChangeView(
        String id,
        int attempt,
        ChangeState state,
        long revision,
        String by,
        String reason,
        List<NodeOutcome> nodes,
        List<Etag> etags) {

    /** The ETag of one definition. @param definition such as {@code query late-airport} */
    record Etag(String definition, String etag) {}

    static ChangeView of(ChangeRecord record, List<Etag> etags) {
        return new ChangeView(
                record.id(),
                record.attempt(),
                record.state(),
                record.revision(),
                record.by(),
                record.reason(),
                record.nodes(),
                etags);
    }
}
