// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.hazelcast;

/** What a member says of the copies of what it owns. */
enum Copies {
    /** As many as configured, and up to date. */
    ALL,
    /**
     * As many as configured, and some are moving to other members. The grid gives no copy up before the other is whole. Whether
     * all are up to date is not known while they move.
     */
    MOVING,
    /** Nobody says, because somebody is silent. */
    UNTOLD,
    /** Some are missing or behind. */
    MISSING
}
