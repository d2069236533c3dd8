// SPDX-License-Identifier: Apache-2.0
/**
 * How events get in and matches get out over JMS.
 *
 * <p>A {@link io.evenkeel.jms.Receiver} takes what a queue has, turns each message into an {@linkplain
 * io.evenkeel.jms.Inbound event or tick}, hands the {@linkplain io.evenkeel.jms.Batch batch} to a {@link
 * io.evenkeel.jms.BatchProcessor}, sends the matches that this answers, and acknowledges and publishes in one JMS commit
 * (I1). Whatever goes wrong has one remedy: roll back, close, back off, open again; the broker then delivers what was not
 * committed. Nothing here knows shards or owners: these stand behind the processor and the {@link
 * io.evenkeel.jms.CommitGate}.
 *
 * <p>Tasks use the same queues from outside: {@link io.evenkeel.jms.QueueMover} and {@link io.evenkeel.jms.QueuePages} for
 * what was rejected, {@link io.evenkeel.jms.MatchForwarder} for matches that go to other brokers.
 *
 * <p>Start reading at {@link io.evenkeel.jms.Receiver}.
 */
@NullMarked
package io.evenkeel.jms;

import org.jspecify.annotations.NullMarked;
