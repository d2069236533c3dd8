// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.broker;

/**
 * What a {@code broker.xml} has beyond {@link BrokerSettings}: it is text that Artemis interprets, so parts of it may be known
 * only where it runs.
 *
 * @param data               folder of the store; if it is relative, then to the broker's own folder
 * @param bind               where to listen; may name a system property as <code>${name:default}</code>
 * @param acceptorParameters of the acceptor, each after a semicolon
 * @param part               alone or of a pair
 */
record BrokerXmlShape(String data, String bind, String acceptorParameters, BrokerPart part) {}
