// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.hazelcast;

import com.hazelcast.core.HazelcastException;

/** A node left while a write was under way: nobody knows whether it happened. */
public final class NodeLeftException extends HazelcastException {
    private static final long serialVersionUID = 1L;

    NodeLeftException(String node) {
        super("Node " + node + " left while a write was under way");
    }
}
