// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.client;

import java.net.URI;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.LongSupplier;

/** The nodes that a client knows, the best to ask first. For any thread. */
final class Nodes {
    /** So long a node that failed is asked last. */
    static final long AVOIDED_NANOS = 10_000_000_000L;

    private final List<Node> all;
    private final LongSupplier nanoTime;
    private volatile int preferred;

    /** A node. Its state is a hint: two threads may overwrite each other's. */
    static final class Node {
        private final URI url;
        private final int index;
        private volatile boolean failed;
        private volatile long failedNanos;

        private Node(URI url, int index) {
            this.url = url;
            this.index = index;
        }

        URI url() {
            return url;
        }
    }

    Nodes(List<URI> urls, LongSupplier nanoTime) {
        List<Node> nodes = new ArrayList<>();
        urls.forEach(url -> nodes.add(new Node(url, nodes.size())));
        this.all = List.copyOf(nodes);
        this.nanoTime = nanoTime;
    }

    /** All of them: from the one that answered last on, and at the end those that failed lately, longest ago first. */
    List<Node> inOrder() {
        long now = nanoTime.getAsLong();
        int first = preferred;
        List<Node> order = new ArrayList<>(all);
        order.sort(Comparator.comparingLong((Node node) -> avoidedNanos(node, now))
                .thenComparingInt(node -> Math.floorMod(node.index - first, all.size())));
        return order;
    }

    /** 0: not avoided. */
    private static long avoidedNanos(Node node, long now) {
        return node.failed ? Math.max(0, AVOIDED_NANOS - (now - node.failedNanos)) : 0;
    }

    void answered(Node node) {
        node.failed = false;
        preferred = node.index;
    }

    void failed(Node node) {
        node.failedNanos = nanoTime.getAsLong();
        node.failed = true;
    }
}
