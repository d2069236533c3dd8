// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.config;

/** What must be guaranteed for a node to start. */
public enum RequiredLevel {
    /** Nothing: weaknesses are reported. */
    NONE,
    /** Nothing may be known, or left unchecked, by which events or matches could be lost or doubled. */
    NO_LOSS
}
