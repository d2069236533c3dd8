// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.itests.kit;

import io.evenkeel.jms.connection.ConnectionSettings;
import jakarta.jms.JMSException;

/** Asks the broker what is left in its queues. For one thread. */
final class QueueProbe {
    private static final long UNKNOWN = -1;

    private final BrokerQuestion broker;

    /**
     * Messages in a queue, and how many of them a consumer holds. A queue that nobody made is empty; -1: the broker did not
     * answer.
     */
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

    /** -1: the broker did not answer. */
    long consumers(String queue) {
        return ask(queue, "consumerCount");
    }

    private long ask(String queue, String attribute) {
        try {
            return broker.attribute("queue." + queue, attribute)
                    .map(Number::longValue)
                    .orElse(0L);
        } catch (JMSException e) {
            return UNKNOWN;
        }
    }
}
