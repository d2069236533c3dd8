// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.engine;

/** Takes what instances emit, in the order in which it arose. Called during a call of the engine, on its thread. */
public interface EmissionSink {
    /** False if nothing is wanted: replay of the confirmed past. The engine then builds no bodies and does not call. */
    boolean wanted();

    void emit(Emission emission);
}
