// SPDX-License-Identifier: Apache-2.0
/**
 * Connections to a broker, as a receiver needs them: with client settings that keep the guarantees, a password that
 * stands in a file, and queues that one consumer has to itself. All that is particular to Artemis is here and in the
 * identity of messages; the rest of the bridge is plain Jakarta Messaging.
 */
@NullMarked
package io.evenkeel.jms.connection;

import org.jspecify.annotations.NullMarked;
