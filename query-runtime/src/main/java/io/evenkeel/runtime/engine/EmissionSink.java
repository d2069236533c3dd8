// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.engine;

/**
 * Takes what instances emit, on the thread that calls the engine, at the end of each call.
 *
 * <p>Emissions of one call come in the order of engine time, then instance, then key, then as they arose: which of two
 * keys was first at the same instant is an accident of memory, and must not reach the ids of matches (I2, I5).
 */
public interface EmissionSink {

    /** Wants nothing: for the replay of a past whose matches are published. */
    EmissionSink MUTED = new EmissionSink() {
        @Override
        public boolean wanted() {
            return false;
        }

        @Override
        public void emit(Emission emission) {
            throw new IllegalStateException("Expected no emission while muted, but got " + emission);
        }
    };

    /**
     * Asked once at the beginning of each call of the engine. False: nothing is wanted; the engine then builds no
     * bodies and does not call {@link #emit}.
     */
    boolean wanted();

    void emit(Emission emission);
}
