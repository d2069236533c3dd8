// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.jms;

/**
 * Consumer priorities that spread several strict queues over the nodes. Each node computes its own, without asking
 * others; the highest gets the queue, the next one takes over, and a node that joins or leaves moves no other queue.
 */
final class RendezvousPriority {
    private static final int BOUND = 1_000_000;

    private RendezvousPriority() {}

    /** From 0 to 999,999; equal ones do no harm, since the broker then takes any. */
    static int of(String node, String queue) {
        long hash = 0xcbf29ce484222325L;
        String text = node + "\n" + queue;
        for (int i = 0; i < text.length(); i++) {
            hash = (hash ^ text.charAt(i)) * 0x100000001b3L;
        }
        // Names that differ in the last character differ in the low bits only until these are spread.
        hash = (hash ^ (hash >>> 33)) * 0xff51afd7ed558ccdL;
        hash = (hash ^ (hash >>> 33)) * 0xc4ceb9fe1a85ec53L;
        return (int) Math.floorMod(hash ^ (hash >>> 33), (long) BOUND);
    }
}
