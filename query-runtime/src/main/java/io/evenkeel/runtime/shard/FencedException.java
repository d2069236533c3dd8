// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.shard;

/** Another node has taken the shard over. Forget its state and look the owner up again. */
public final class FencedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public FencedException(int shard, long mine, long current) {
        super("Expected to append to shard " + shard + ", but another node took it over. mine=" + mine + " current="
                + current);
    }
}
