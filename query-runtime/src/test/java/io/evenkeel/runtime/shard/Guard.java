// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.shard;

/** A guard of the protocol that a run may do without, to see that it is the guard that saves us. */
enum Guard {
    /** I1: acknowledge only after the owners have answered. */
    ANSWER_BEFORE_ACKNOWLEDGE,
    /** I3: the log refuses a stale epoch. */
    EPOCH,
    /** I4: a cause that comes again is recognised. */
    RECOGNITION,
    /** I6: what is not confirmed is kept. */
    KEEP_UNCONFIRMED,
    /** Source time rises for all only when a whole batch is logged. */
    FINISHED_BATCHES,
    /** What a dead session logged counts as committed only when two batches have been: it may have had two open. */
    LATE_SETTLING,
    /** A batch that met a frozen owner comes again in another session, which never confirms what the first one asked for. */
    DETOUR_IN_NEW_SESSION,
    /** A detour ends only when nothing is on it. */
    DETOUR_DRAINED,
    /** No tick passes what is on a detour. */
    DETOUR_HOLDS_TIME;

    /** Whether it matters only where a relaxed receiver sends events on a detour. */
    boolean ofDetour() {
        return name().startsWith("DETOUR");
    }
}
