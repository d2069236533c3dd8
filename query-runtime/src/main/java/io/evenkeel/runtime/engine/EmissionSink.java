// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.engine;

/** Takes what instances emit, in the order in which it arose. Called on the thread that calls the engine. */
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
