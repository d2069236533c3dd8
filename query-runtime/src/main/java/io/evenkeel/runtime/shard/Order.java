// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.shard;

/** What somebody decided about an instance that threw. */
public enum Order {
    /** Forget the errors: the events are shown to the instance again, as if it had never thrown. */
    RETRY,
    /** Leave the events out for good, and show the instance all others. */
    SKIP,
    /** Show the instance nothing of the key any more: it is too slow, or does harm in another way. */
    QUARANTINE
}
