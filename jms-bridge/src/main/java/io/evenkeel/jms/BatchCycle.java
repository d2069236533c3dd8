// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.jms;

import io.evenkeel.jms.MessageReader.Reading;
import io.evenkeel.jms.MessageReader.Understood;
import io.evenkeel.jms.MessageReader.Unreadable;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The protocol of a receiver: receive, read, process, send, commit. Belongs to one JMS session and ends with it. For one
 * thread.
 *
 * <p>While the broker commits a batch, the next one is received, read and processed: the broker's work and the node's
 * are about as long. What is sent waits for the commit before it, since a session has one transaction. So up to two batches are
 * logged and not committed when a session dies; they come again in their order, the older one first.
 */
final class BatchCycle implements AutoCloseable {
    /** How long to wait for a first message; afterwards confirmations that no batch has taken along go alone. */
    static final long IDLE_MS = 200;
    /** How long a logged batch waits for the cluster to be safe. Longer would hold messages that others could process. */
    static final Duration GATE_LIMIT = Duration.ofSeconds(2);

    /**
     * A batch begins no sooner than that after the one before, unless a whole one is there: what a transaction costs the broker
     * and the owners does not depend on its size, and costs the events behind it more time than they wait here.
     */
    private static final long GAP_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    /** Between two looks whether the queue is empty, by a session that waits for nothing but messages. */
    private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(10);

    private static final Logger LOG = LoggerFactory.getLogger(BatchCycle.class);

    private final ReceiverSession session;
    private final ReceiverSettings settings;
    private final ReceiverPorts ports;
    private final ReceiverMeters meters;
    private final MessageReader reader;
    private final String name;
    private final InterruptibleStretch stretch;
    private final Detour detour;
    private final List<Message> messages = new ArrayList<>();
    private final List<Rejection> rejections = new ArrayList<>();
    private @Nullable Sent sent;
    private boolean progressed;
    private long begun = System.nanoTime() - GAP_NANOS;
    private long number;
    private long confirmedThrough;
    private long confirmationsSent;
    private long settlingMessages;
    private boolean emptyBefore;
    private long lookedNanos = System.nanoTime() - LOOK_NANOS;

    /** A message that cannot be processed: it is passed on in the transaction of its batch, which begins later. */
    private record Rejection(Message message, Unreadable why) {}

    /**
     * @param settling those of the messages that count for settling
     * @param through  number of the last batch that is confirmed once this is committed
     */
    private record Sent(OpenCommit commit, int messages, int settling, long through) {}

    /** @param name unique among all sessions of all nodes */
    BatchCycle(
            String name,
            ReceiverSession session,
            ReceiverSettings settings,
            ReceiverPorts ports,
            ReceiverMeters meters,
            InterruptibleStretch stretch) {
        this.name = name;
        this.session = session;
        this.settings = settings;
        this.ports = ports;
        this.meters = meters;
        this.stretch = stretch;
        this.detour = new Detour(session, settings, ports.processor(), stretch);
        this.reader = new MessageReader(
                settings, ports.decoding(), ports.processor()::refuse, ports.processor()::refuseDetour);
    }

    /** Take one batch as far as its commit is under way, or wait a little for a message and return. */
    void step() throws JMSException, BatchFailedException, InterruptedException {
        if (detour.mayEnd()) {
            awaitCommit(); // what it has sent on the detour is to be there
            detour.endIfThrough();
            if (detour.feedsNoMore()) {
                confirm();
                return;
            }
        }
        gather();
        session.receive(messages, settings.batch(), IDLE_MS);
        if (messages.isEmpty()) {
            if (sent != null) {
                // Not to be told as idle: what comes while the broker takes its time for the commit was not looked for.
                awaitCommit();
            } else {
                settle();
                confirm();
            }
            return;
        }
        begun = System.nanoTime();
        emptyBefore = false;
        ports.steps().accept(ReceiverStep.RECEIVED);
        if (sent != null && sent.commit().ended()) {
            awaitCommit(); // so that the owners learn of it with this batch
        }
        long through = confirmedThrough;
        List<Inbound> items = read(messages);
        BatchAnswer answer = BatchAnswer.of(List.of());
        if (!items.isEmpty()) {
            Batch batch = nextBatch(items);
            through = batch.source().number();
            answer = stretch.run(() -> process(batch));
        }
        awaitCommit();
        send(answer);
        commit(Math.max(through, confirmedThrough));
    }

    /** Leaves messages that come one by one the time to become a batch. */
    private void gather() {
        long left = begun + GAP_NANOS - System.nanoTime();
        if (left > 0 && session.buffered() < settings.batch()) {
            LockSupport.parkNanos(left);
        }
    }

    private void send(BatchAnswer answer) throws JMSException {
        for (Rejection rejection : rejections) {
            meters.rejection(rejection.why().refusal());
            session.reject(
                    rejection.message(),
                    rejection.why().eventId(),
                    rejection.why().refusal());
        }
        session.send(answer, messages);
        answer.late().forEach(meters::late);
        meters.detoured(answer.detours().size());
        ports.steps().accept(ReceiverStep.SENT);
    }

    private void commit(long through) throws JMSException, BatchFailedException, InterruptedException {
        if (!ports.gate().open() && !stretch.run(() -> ports.gate().awaitOpen(GATE_LIMIT))) {
            throw new BatchFailedException(
                    "Expected the cluster to be safe for a commit within " + GATE_LIMIT.toMillis()
                            + " ms, but it was not. messages=" + messages.size(),
                    null);
        }
        ports.steps().accept(ReceiverStep.BEFORE_COMMIT);
        int size = messages.size();
        // Without a number yet: a session that reads the queue after this one may get a lower one.
        int settling = number == 0 ? 0 : countSettling();
        int rejected = rejections.size();
        OpenCommit commit = session.commit(nanos -> {
            ports.steps().accept(ReceiverStep.AFTER_COMMIT);
            meters.committed(size, rejected, nanos);
        });
        sent = new Sent(commit, size, settling, through);
        messages.clear();
        rejections.clear();
    }

    /**
     * What a dead session had logged comes again before these. Not those of a higher priority: they come before what it had
     * logged, however many they are.
     */
    private int countSettling() throws JMSException {
        int count = 0;
        for (Message message : messages) {
            count += message.getJMSPriority() <= Message.DEFAULT_PRIORITY ? 1 : 0;
        }
        return count;
    }

    /** Learns how the open commit ended, if there is one. */
    private void awaitCommit() throws JMSException {
        Sent open = sent;
        if (open == null) {
            return;
        }
        try {
            open.commit().await();
        } catch (JMSException | RuntimeException e) {
            meters.rolledBack(open.messages());
            throw e;
        } finally {
            sent = null;
        }
        settlingMessages += open.settling();
        confirmedThrough = open.through();
        progressed = true;
    }

    /** True if this session has committed anything. */
    boolean progressed() {
        return progressed;
    }

    /** Wait for an open commit, and count what was received and not committed as rolled back. */
    @Override
    public void close() {
        try {
            awaitCommit();
        } catch (JMSException | RuntimeException e) {
            LOG.info("Receiver {} learned at its end that its last commit failed: {}", settings.name(), e.toString());
        }
        meters.rolledBack(messages.size());
        session.countAsDelivered(messages);
        messages.clear();
    }

    /** Tell the owners the last commit, once, if no batch came along to carry it. */
    void confirm() throws JMSException, BatchFailedException, InterruptedException {
        awaitCommit();
        if (confirmationsSent < confirmedThrough) {
            Batch batch = nextBatch(List.of());
            stretch.run(() -> process(batch));
        }
    }

    /**
     * Has all owners know now and then that nothing is open of sessions before this one: it has committed as many messages as they may
     * have left, or some, and there are no more in the queue. What they left was before all that this one got.
     */
    private void settle() throws JMSException {
        if (!settings.strict() || !progressed || System.nanoTime() - lookedNanos < LOOK_NANOS) {
            return;
        }
        lookedNanos = System.nanoTime();
        if (number == 0) {
            // All that it has read was rejected. It settles once it has a number, which it gets with what it tells.
            confirmationsSent = -1;
            return;
        }
        if (settlingMessages < ReceiverSettings.MOST_OPEN) {
            boolean empty = session.depth(settings.destination().name()) == 0;
            // A broker that has just begun to read its pages does not count what is there for a moment.
            if (empty && emptyBefore) {
                settlingMessages = ReceiverSettings.MOST_OPEN;
            }
            emptyBefore = empty;
        }
        if (settlingMessages >= ReceiverSettings.MOST_OPEN) {
            // Also if no commit is to be told.
            confirmationsSent = -1;
        }
    }

    private List<Inbound> read(List<Message> received) throws JMSException {
        int redelivered = 0;
        List<Inbound> items = new ArrayList<>(received.size());
        for (Message message : received) {
            redelivered += message.getJMSRedelivered() ? 1 : 0;
            Reading reading = reader.read(message);
            if (reading instanceof Understood understood) {
                items.add(understood.inbound());
            } else {
                rejections.add(new Rejection(message, (Unreadable) reading));
            }
        }
        meters.received(received.size(), redelivered);
        return items;
    }

    private Batch nextBatch(List<Inbound> items) {
        number++;
        BatchSource source = new BatchSource(
                settings.destination().name(),
                name,
                number,
                confirmedThrough,
                settings.strict() ? settlingMessages : 0,
                settings.strict());
        confirmationsSent = confirmedThrough;
        return new Batch(source, items);
    }

    private BatchAnswer process(Batch batch) throws BatchFailedException, InterruptedException {
        long begun = System.nanoTime();
        BatchAnswer answer = ports.processor().process(batch);
        meters.processed(System.nanoTime() - begun);
        return answer;
    }
}
