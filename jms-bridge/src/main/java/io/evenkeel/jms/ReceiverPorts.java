// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.jms;

import static java.util.Objects.requireNonNull;

import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.util.function.Consumer;

/**
 * What a receiver works with: the same for all receivers of a node.
 *
 * @param node  name of the node, unique in the cluster
 * @param steps told each step of each batch, on the receiver's thread, which it may stop for good
 * @param clock for the cluster's view only; nothing that is processed depends on it
 */
public record ReceiverPorts(
        String node,
        EventDecoding decoding,
        BatchProcessor processor,
        CommitGate gate,
        Consumer<ReceiverStep> steps,
        MeterRegistry meters,
        Clock clock) {
    public ReceiverPorts {
        requireNonNull(node, "node");
        requireNonNull(decoding, "decoding");
        requireNonNull(processor, "processor");
        requireNonNull(gate, "gate");
        requireNonNull(steps, "steps");
        requireNonNull(meters, "meters");
        requireNonNull(clock, "clock");
    }
}
