// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.catalog;

import io.evenkeel.query.Event;
import io.evenkeel.runtime.engine.EmissionSink;
import io.evenkeel.runtime.engine.Engine;
import java.util.OptionalLong;

/** An engine that matches nothing. */
public final class NoEngine implements Engine {
    @Override
    public void advanceTo(long engineTime, EmissionSink sink) {
        // Time leads to nothing here.
    }

    @Override
    public void apply(Event event, EmissionSink sink) {
        // Nor do events.
    }

    @Override
    public OptionalLong nextTimer() {
        return OptionalLong.empty();
    }

    @Override
    public long engineTime() {
        return 0;
    }

    @Override
    public void close() {
        // It holds nothing.
    }
}
