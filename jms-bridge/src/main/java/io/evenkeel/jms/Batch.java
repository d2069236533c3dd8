// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.jms;

import static java.util.Objects.requireNonNull;

import java.util.List;

/**
 * What a receiver hands over.
 *
 * @param items in receive order; empty: the batch only confirms
 */
public record Batch(BatchSource source, List<Inbound> items) {
    public Batch {
        requireNonNull(source, "source");
        items = List.copyOf(items);
    }
}
