// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.config;

/** Where the logs of shards are kept beside the grid, so that windows outlive the end of all nodes. */
public enum HistoryMode {
    /** On the disk of each node that computes. */
    LOCAL,
    /** Nowhere. */
    OFF
}
