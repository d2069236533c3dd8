// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator;

/** A node that has started. */
public interface RunningNode extends AutoCloseable {
    /** Of the configuration. */
    String name();

    /** Where its API is. */
    String url();

    /** Stop in order: receivers, owners, grid, API. A repeat does nothing. May take as long as the batch at hand. */
    @Override
    void close();
}
