// SPDX-License-Identifier: Apache-2.0
/**
 * The broker: how it must be set up, started inside a process or beside it, and checked while it runs.
 *
 * <p>The cluster's promises rest on a handful of broker settings: that a message is redelivered for ever and at once, that
 * nothing expires, that a strict queue has one active consumer, that every message is stamped on arrival. They are listed
 * once, in {@link PromisedSetting}, together with the promise that breaks without them. The embedded broker
 * ({@link EmbeddedBroker}), the file for a standalone one ({@link BrokerXml}) and the check of a live one
 * ({@link BrokerCheck}) all read that list; a test holds the three together. {@link BrokerFiles} writes all that the
 * distribution of Apache Artemis needs to run a standalone one, or a pair on one store.
 *
 * <p>Start reading at {@link PromisedSetting}, then {@link EmbeddedBroker#start}.
 */
@NullMarked
package io.evenkeel.broker;

import org.jspecify.annotations.NullMarked;
