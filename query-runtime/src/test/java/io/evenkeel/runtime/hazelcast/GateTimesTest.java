// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.hazelcast;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class GateTimesTest {
    private final AtomicLong nanos = new AtomicLong();
    private final GateTimes times = new GateTimes(nanos::get);

    @Test
    @DisplayName(
            "N12 each time that the gate is shut is measured, one that goes on included; the start of a node is not")
    void shouldMeasureEachTime() {
        after(7).opened();
        assertThat(times.sum()).as("before it opened first").isZero();

        after(10).closed();
        after(3).closed();
        assertThat(after(2).last()).isEqualTo(Duration.ofSeconds(5));
        times.opened();
        after(100).closed();
        after(1).opened();

        assertThat(times.closings()).isEqualTo(3);
        assertThat(after(50).last()).isEqualTo(Duration.ofSeconds(1));
        assertThat(times.sum()).isEqualTo(Duration.ofSeconds(6));
    }

    private GateTimes after(long seconds) {
        nanos.addAndGet(Duration.ofSeconds(seconds).toNanos());
        return times;
    }
}
