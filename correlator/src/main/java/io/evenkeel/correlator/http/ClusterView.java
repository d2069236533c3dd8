// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.http;

/** The cluster as this node sees it. For any thread; local and quick. */
public interface ClusterView {
    ClusterStatus status();

    /** True if this node takes its part: it is a member, the catalog is loaded, and the cluster may commit. */
    boolean ready();
}
