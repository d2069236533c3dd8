// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.shard;

/** A later session reads this queue already. Roll back, close the session, open another. */
public final class StaleReceiverException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public StaleReceiverException(int shard, Source source, long latest) {
        super("Expected requests of the latest session on queue " + source.queue() + ", but shard " + shard
                + " knows a later one. generation=" + source.generation() + " latest=" + latest);
    }
}
