// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.itests.kit;

import io.evenkeel.jms.connection.ConnectionSettings;

/** Asks the broker what is left in its queues. For one thread. */
final class QueueProbe {
    private final BrokerQuestion broker;

    /** Messages in a queue, and how many of them a consumer holds. A queue that nobody made is empty. */
    record Depth(String queue, long messages, long inDelivery) {
        boolean empty() {
            return messages == 0 && inDelivery == 0;
        }

        @Override
        public String toString() {
            return queue + " has " + messages + " messages, " + inDelivery + " in delivery";
        }
    }

    QueueProbe(ConnectionSettings broker) {
        this.broker = new BrokerQuestion(broker);
    }

    Depth depth(String queue) {
        return new Depth(queue, ask(queue, "messageCount"), ask(queue, "deliveringCount"));
    }

    private long ask(String queue, String attribute) {
        return broker.attribute("queue." + queue, attribute)
                .map(Number::longValue)
                .orElse(0L);
    }
}
