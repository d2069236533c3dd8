// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.tasks.assign;

/** How much a node is drawn to a task. The same on every node and in every run. */
final class Weight {
    private static final long BASIS = 0xcbf29ce484222325L;
    private static final long PRIME = 0x100000001b3L;

    private Weight() {}

    static long of(String task, String node) {
        long hash = BASIS;
        for (int i = 0; i < task.length(); i++) {
            hash = (hash ^ task.charAt(i)) * PRIME;
        }
        hash = (hash ^ 0xffff) * PRIME;
        for (int i = 0; i < node.length(); i++) {
            hash = (hash ^ node.charAt(i)) * PRIME;
        }
        // The finalizer of MurmurHash3: names that differ in their last letter only would be ordered alike.
        hash = (hash ^ (hash >>> 33)) * 0xff51afd7ed558ccdL;
        hash = (hash ^ (hash >>> 33)) * 0xc4ceb9fe1a85ec53L;
        return hash ^ (hash >>> 33);
    }
}
