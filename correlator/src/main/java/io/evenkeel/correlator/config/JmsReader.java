// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.config;

import static io.evenkeel.correlator.config.ConfigurationKey.CONNECTION_PASSWORD_FILE;
import static io.evenkeel.correlator.config.ConfigurationKey.CONNECTION_URL;
import static io.evenkeel.correlator.config.ConfigurationKey.CONNECTION_USER;
import static io.evenkeel.correlator.config.ConfigurationKey.RECEIVER_BATCH;
import static io.evenkeel.correlator.config.ConfigurationKey.RECEIVER_CONNECTION;
import static io.evenkeel.correlator.config.ConfigurationKey.RECEIVER_DESTINATION;
import static io.evenkeel.correlator.config.ConfigurationKey.RECEIVER_EVENT;
import static io.evenkeel.correlator.config.ConfigurationKey.RECEIVER_ORDERING;
import static io.evenkeel.correlator.config.ConfigurationKey.RECEIVER_RELIABILITY;
import static io.evenkeel.correlator.config.ConfigurationKey.SENDER_CONNECTION;
import static io.evenkeel.correlator.config.ConfigurationKey.SENDER_DELIVERY_MODE;
import static io.evenkeel.correlator.config.ConfigurationKey.SENDER_DESTINATION;
import static io.evenkeel.correlator.config.ConfigurationKey.SENDER_RELIABILITY;

import io.evenkeel.correlator.config.NodeConfiguration.Jms;
import io.evenkeel.correlator.config.NodeConfiguration.Receiver;
import io.evenkeel.jms.Ordering;
import io.evenkeel.jms.ReceiverSettings;
import io.evenkeel.jms.Reliability;
import io.evenkeel.jms.SenderSettings;
import io.evenkeel.jms.connection.ConnectionSettings;
import io.evenkeel.jms.connection.Destination;
import io.evenkeel.query.Wording;
import java.util.HashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;

/** Reads the section {@code jms}. */
final class JmsReader {
    private static final String CONNECTIONS = "jms.connections";
    private static final String RECEIVERS = "jms.receivers";
    private static final String SENDERS = "jms.senders";

    private enum DeliveryMode {
        PERSISTENT,
        NON_PERSISTENT
    }

    private final Values values;
    private final Given given;

    JmsReader(Values values, Given given) {
        this.values = values;
        this.given = given;
    }

    Jms read() {
        SortedMap<String, ConnectionSettings> connections = new TreeMap<>();
        given.names(CONNECTIONS).forEach(name -> readConnection(name, connections));
        SortedMap<String, Receiver> receivers = new TreeMap<>();
        Map<String, String> readers = new HashMap<>();
        for (String name : given.names(RECEIVERS)) {
            Receiver receiver = receiver(name);
            receivers.put(name, receiver);
            String other = readers.put(receiver.settings().destination().name(), name);
            if (other != null && values.has(RECEIVER_DESTINATION.of(name))) {
                values.refuse(
                        RECEIVER_DESTINATION.of(name),
                        "Expected one receiver for a queue, but " + other + " reads "
                                + receiver.settings().destination() + " as well. Drop one.");
            }
        }
        SortedMap<String, SenderSettings> senders = new TreeMap<>();
        given.names(SENDERS).forEach(name -> senders.put(name, sender(name)));
        Jms jms = new Jms(connections, receivers, senders);
        demandOneBroker(jms);
        return jms;
    }

    /** One transaction takes events and sends matches, and one clock moves windows and timers: both are one broker's. */
    private void demandOneBroker(Jms jms) {
        String main = jms.main().orElse("");
        jms.receivers().forEach((name, receiver) -> demand(main, receiver.connection(), RECEIVER_CONNECTION.of(name)));
        jms.senders().forEach((name, sender) -> demand(main, sender.connection(), SENDER_CONNECTION.of(name)));
        if (jms.main().isEmpty() && jms.connections().size() > 1) {
            values.refuse(
                    CONNECTION_URL.of(jms.connections().lastKey()),
                    "Expected a receiver or a sender that tells through which broker the cluster's events go, but there are"
                            + " only connections: " + String.join(", ", given.names(CONNECTIONS))
                            + ". Name the senders of the other nodes here, too.");
        }
    }

    private void demand(String main, String connection, String path) {
        if (!connection.isEmpty()
                && !connection.equals(main)
                && given.names(CONNECTIONS).contains(connection)) {
            values.refuse(
                    path,
                    "Expected " + Wording.quote(main) + " like the others, but it is " + Wording.quote(connection)
                            + ": events, matches and timers go through one broker, in one transaction and by one clock."
                            + " Have the brokers forward to each other, or let a task forward the matches.");
        }
    }

    private void readConnection(String name, SortedMap<String, ConnectionSettings> connections) {
        String url = values.text(CONNECTION_URL, CONNECTION_URL.of(name));
        String user = values.text(CONNECTION_USER, CONNECTION_USER.of(name));
        var passwordFile = values.file(CONNECTION_PASSWORD_FILE, CONNECTION_PASSWORD_FILE.of(name));
        if (!url.isEmpty()) {
            try {
                connections.put(name, new ConnectionSettings(name, url, user, passwordFile));
            } catch (IllegalArgumentException e) {
                values.refuse(CONNECTION_URL.of(name), e.getMessage() + ".");
            }
        }
    }

    private Receiver receiver(String name) {
        String connection = connection(RECEIVER_CONNECTION, name);
        Destination destination = destination(RECEIVER_DESTINATION, name);
        if (destination.kind() != Destination.Kind.QUEUE) {
            values.refuse(
                    RECEIVER_DESTINATION.of(name),
                    "Expected queue:NAME, but it is '" + destination
                            + "'. Bind a queue to the topic in the broker and read that.");
            destination = Destination.queue("none");
        }
        if (destination.name().endsWith(ReceiverSettings.DETOUR)) {
            values.refuse(
                    RECEIVER_DESTINATION.of(name),
                    "Expected a queue of publishers, but it is '" + destination + "', and names that end with "
                            + ReceiverSettings.DETOUR
                            + " are for what relaxed receivers set aside. Read another queue.");
        }
        Reliability reliability = reliability(RECEIVER_RELIABILITY, name, Reliability.APP_CONTROLLED);
        Ordering ordering =
                values.choice(RECEIVER_ORDERING, RECEIVER_ORDERING.of(name), Ordering.class, Ordering.STRICT);
        int batch = values.number(RECEIVER_BATCH, RECEIVER_BATCH.of(name), 1, ReceiverSettings.MOST_OF_A_BATCH);
        String event = values.findText(RECEIVER_EVENT, RECEIVER_EVENT.of(name));
        return new Receiver(
                connection,
                new ReceiverSettings(name, destination, event, reliability, ordering, batch, null, false, false));
    }

    private SenderSettings sender(String name) {
        DeliveryMode mode = values.choice(
                SENDER_DELIVERY_MODE, SENDER_DELIVERY_MODE.of(name), DeliveryMode.class, DeliveryMode.PERSISTENT);
        return new SenderSettings(
                name,
                connection(SENDER_CONNECTION, name),
                destination(SENDER_DESTINATION, name),
                reliability(SENDER_RELIABILITY, name, Reliability.BEST_EFFORT),
                mode == DeliveryMode.PERSISTENT);
    }

    /** Each side has one reliability so far; another one is refused here and not accepted in silence. */
    private Reliability reliability(ConfigurationKey key, String name, Reliability only) {
        Reliability reliability = values.choice(key, key.of(name), Reliability.class, only);
        if (reliability != only) {
            values.refuse(
                    key.of(name), "Expected " + only + ", but it is " + reliability + ", which this side cannot keep.");
        }
        return only;
    }

    private String connection(ConfigurationKey key, String name) {
        String connection = values.text(key, key.of(name));
        SortedSet<String> known = given.names(CONNECTIONS);
        if (!connection.isEmpty() && !known.contains(connection)) {
            values.refuse(
                    key.of(name),
                    "Expected the name of a connection in jms.connections, but it is " + Wording.quote(connection)
                            + "; " + Wording.suggest(connection, known));
        }
        return connection;
    }

    private Destination destination(ConfigurationKey key, String name) {
        String text = values.text(key, key.of(name));
        if (!text.isEmpty()) {
            try {
                return Destination.parse(text);
            } catch (IllegalArgumentException e) {
                values.refuse(key.of(name), e.getMessage() + ".");
            }
        }
        return Destination.queue("none");
    }
}
