// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.jms.connection;

import jakarta.jms.Message;
import org.apache.activemq.artemis.api.core.client.ClientMessage;
import org.apache.activemq.artemis.jms.client.ActiveMQMessage;

/**
 * Loads bodies that Artemis streams: those above 100 kB. The client throws away what has not been read of one when the next
 * message is received, without a word, so that whoever receives several before reading them gets cut bodies.
 */
public final class LargeBodies {
    private LargeBodies() {}

    /**
     * Load the body if it is streamed. Call it before the next message is received. Blocks while the body comes.
     *
     * @return its size in bytes; 0: it came with the message
     */
    public static long load(Message message) {
        if (message instanceof ActiveMQMessage artemis) {
            ClientMessage core = artemis.getCoreMessage();
            if (core.isLargeMessage()) {
                core.getBodyBuffer();
                return core.getBodySize();
            }
        }
        return 0;
    }
}
