// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.jms;

import io.evenkeel.jms.connection.ConnectionSettings;
import io.evenkeel.jms.connection.Connections;
import io.evenkeel.jms.connection.ExclusiveQueue;
import io.evenkeel.jms.connection.ExistingQueue;
import io.evenkeel.jms.connection.LargeBodies;
import io.evenkeel.jms.connection.ManualConsumer;
import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.Session;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection, one transacted session, one consumer: what a receiver holds of the broker while nothing goes wrong.
 * After any exception it is of no use: abandon it. For one thread, which must not be interrupted in here: the answer to a
 * call that was given up would be taken for the answer to the next.
 *
 * <p>While a commit is under way, on a thread of the session's own, messages may be received; everything else has to wait
 * until it is known how it ended.
 */
final class ReceiverSession {
    private static final Logger LOG = LoggerFactory.getLogger(ReceiverSession.class);
    /** Some batches ahead, so that the broker delivers while owners work. */
    private static final int STRICT_WINDOW = 4 * 1024 * 1024;
    /** What one consumer holds ahead, others cannot get. */
    private static final int RELAXED_WINDOW = 512 * 1024;

    /** A batch of large bodies ends early, so that a thousand of them do not fill the heap. */
    private static final long MOST_LOADED = 16L * 1024 * 1024;

    /**
     * A batch that is full to such a part, or has so many bytes, asks the broker for more when the client has nothing left: then the
     * broker delivers as fast as it can, and a fuller batch is worth the round trip. A smaller one goes as it is.
     */
    private static final int A_FIFTH = 5;

    private static final long MANY_BYTES = 128 * 1024;

    private final Connection connection;
    private final Session session;
    private final ManualConsumer consumer;
    private final MatchSender matches;
    private final SideSender aside;
    private final ExecutorService committer;
    private volatile @Nullable JMSException failure;

    private ReceiverSession(Connection connection, Session session, ReceiverSettings settings, String node)
            throws JMSException {
        this.connection = connection;
        this.session = session;
        connection.setExceptionListener(e -> failure = e);
        String queue = settings.destination().name();
        if (settings.strict()) {
            ExclusiveQueue.ensure(connection, session, queue);
        } else {
            ExistingQueue.orCreate(session, queue);
            // Before anything is sent there: it is of no use where nobody may take it in order.
            ExclusiveQueue.ensure(connection, session, settings.detourQueue());
        }
        this.consumer = ManualConsumer.open(session, queue, priority(settings, node));
        this.matches = new MatchSender(session);
        this.aside = new SideSender(session, settings);
        this.committer = Executors.newSingleThreadExecutor(work -> {
            Thread thread = new Thread(work, "evenkeel-commit-" + settings.name());
            thread.setDaemon(true);
            return thread;
        });
    }

    /** Open and start. Blocks for some round trips, at most as long as calls take to time out. */
    static ReceiverSession open(ConnectionSettings to, ReceiverSettings settings, String node) throws JMSException {
        Connection connection = Connections.open(to, settings.strict() ? STRICT_WINDOW : RELAXED_WINDOW);
        try {
            Session session = connection.createSession(Session.SESSION_TRANSACTED);
            ReceiverSession opened = new ReceiverSession(connection, session, settings, node);
            connection.start();
            return opened;
        } catch (JMSException | RuntimeException e) {
            Connections.closeQuietly(connection);
            throw e;
        }
    }

    private static int priority(ReceiverSettings settings, String node) {
        Integer chosen = settings.priority();
        if (chosen != null) {
            return chosen;
        }
        return settings.strict()
                ? RendezvousPriority.of(node, settings.destination().name())
                : 0;
    }

    /**
     * Receive what is there: block for the first message of a batch only, and for a round trip where there are many. Also while
     * a commit is under way.
     *
     * @param into  empty; gets the messages in their order, none if there was none within the wait
     * @param limit how many messages it may get
     */
    void receive(List<Message> into, int limit, long waitMs) throws JMSException {
        checkAlive();
        Message message = consumer.receive(waitMs);
        long loaded = 0;
        long received = 0;
        while (message != null) {
            into.add(message);
            loaded += LargeBodies.load(message);
            received += ManualConsumer.size(message);
            if (into.size() >= limit || loaded >= MOST_LOADED) {
                return;
            }
            boolean many = into.size() >= limit / A_FIFTH || received + loaded >= MANY_BYTES;
            message = many ? consumer.receiveNoWait() : consumer.receiveBuffered();
        }
        if (into.isEmpty()) {
            checkAlive(); // a consumer that was closed under us returns null as an empty queue does
        }
    }

    /** How many messages can be received without waiting. */
    int buffered() {
        return consumer.buffered();
    }

    private void checkAlive() throws JMSException {
        JMSException known = failure;
        if (known != null) {
            throw known;
        }
    }

    void reject(Message message, String eventId, Refusal refusal) throws JMSException {
        aside.reject(message, eventId, refusal);
    }

    /**
     * Makes a batch the transaction: its matches, what came too late, and that it is acknowledged.
     *
     * @param batch the messages that are answered
     */
    void send(BatchAnswer answer, List<Message> batch) throws JMSException {
        matches.send(answer.matches());
        aside.passOn(answer, batch);
        consumer.acknowledge(batch);
    }

    /** How many messages a queue has, those in delivery included; 0 if there is no such queue. Blocks for a round trip. */
    long depth(String queue) throws JMSException {
        return ExistingQueue.depth(session, queue);
    }

    /**
     * Begins to commit what was sent.
     *
     * @param whenDone told on the session's thread how long it took, in ns, when it has succeeded
     * @return how it ends: a failure says that it was rolled back, or that nobody knows; in both cases what comes again was
     *     not committed
     */
    OpenCommit commit(LongConsumer whenDone) {
        return OpenCommit.begin(committer, () -> {
            checkAlive();
            long begun = System.nanoTime();
            session.commit();
            whenDone.accept(System.nanoTime() - begun);
        });
    }

    /**
     * Has the broker take messages that are about to be given back for delivered ones, so that they are marked when they
     * come again: what was received and never acknowledged looks to it as if nobody had seen it. Never throws.
     */
    void countAsDelivered(List<Message> received) {
        try {
            consumer.acknowledge(received);
        } catch (JMSException | RuntimeException e) {
            LOG.debug("The broker is not told what was received, since the connection is dead", e);
        }
    }

    /**
     * Give back what was received and not committed, and close. Never throws. No commit may be under way.
     *
     * <p>The order matters. To close a session closes its consumers first, and with its consumer gone an exclusive queue
     * goes on to the next one, while the messages of the open transaction are not back yet: that one would get them after
     * their successors. So: stop, so that nothing comes again to us; roll back; close.
     */
    void abandon() {
        try {
            connection.stop();
            session.rollback();
            Connections.closeQuietly(connection);
        } catch (JMSException | RuntimeException e) {
            // The connection is dead, or the broker is late, and then the client sends no rollback: its stop was not
            // answered. Where nobody says good-bye the broker rolls back first and removes the consumer afterwards.
            LOG.debug("Rolling back a failed session failed as well", e);
            Connections.drop(connection);
        }
        committer.shutdown();
    }
}
