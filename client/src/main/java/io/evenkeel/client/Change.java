// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.client;

import java.util.List;

/**
 * What became of a change.
 *
 * @param state    {@code COMMITTED}, {@code UNCHANGED}, {@code ABORTED}, or how far it has come
 * @param revision that it has brought, if it was committed; else the one that it was made on
 * @param by       node that decided
 * @param reason   why it was aborted; empty otherwise
 * @param nodes    what each node said
 * @param etags    of the definitions that it put, where this answers that very change; else empty
 */
public record Change(
        String id,
        int attempt,
        String state,
        long revision,
        String by,
        String reason,
        List<NodeOutcome> nodes,
        List<Etag> etags) {
    /** @param definition such as {@code query late-airport} */
    public record Etag(String definition, String etag) {}

    public Change {
        nodes = List.copyOf(nodes);
        etags = List.copyOf(etags);
    }
}
