// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.catalog;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * The nodes of the cluster and the way to each, this one included.
 *
 * <p><b>Threads.</b> Any. {@link #ask} does not block.
 */
public interface Nodes {
    /** @param id of the member; another one after each start. @param name of the node, the same for ever */
    record NodeRef(String id, String name) {
        public NodeRef {
            requireNonNull(id, "id");
            requireNonNull(name, "name");
        }
    }

    /** @throws CatalogUnavailableException if this node is leaving the cluster */
    NodeRef self();

    /**
     * All members at present, in an order that is the same on all.
     *
     * @throws CatalogUnavailableException if this node is leaving the cluster
     */
    List<NodeRef> members();

    /**
     * Ask a node.
     *
     * @return completes within the limit, never exceptionally: a node that left or says nothing gives that as its answer
     */
    CompletableFuture<Answer> ask(NodeRef node, Question question, Duration limit);
}
