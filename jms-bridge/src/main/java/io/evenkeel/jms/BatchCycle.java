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

/**
 * The protocol of a receiver, one batch at a time: receive, read, process, send, commit. Belongs to one JMS session and
 * ends with it. For one thread.
 */
final class BatchCycle implements AutoCloseable {
    /** How long to wait for a first message; afterwards confirmations that no batch has taken along go alone. */
    static final long IDLE_MS = 200;
    /** How long a logged batch waits for the cluster to be safe. Longer would hold messages that others could process. */
    static final Duration GATE_LIMIT = Duration.ofSeconds(2);

    private final ReceiverSession session;
    private final ReceiverSettings settings;
    private final ReceiverPorts ports;
    private final ReceiverMeters meters;
    private final MessageReader reader;
    private final String name;
    private final InterruptibleStretch stretch;
    private final List<Message> messages = new ArrayList<>();
    private long number;
    private long confirmedThrough;
    private long confirmationsSent;
    private long committedMessages;

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
        this.reader = new MessageReader(settings, ports.decoding(), ports.processor()::refuse);
    }

    /**
     * Take one batch through, or wait a little for a message and return.
     *
     * @return true if a batch was committed
     */
    boolean step() throws JMSException, BatchFailedException, InterruptedException {
        session.receive(messages, settings.batch(), IDLE_MS);
        if (messages.isEmpty()) {
            confirm();
            return false;
        }
        ports.steps().accept(ReceiverStep.RECEIVED);
        long before = number;
        List<Inbound> items = read(messages);
        BatchAnswer answer = BatchAnswer.of(List.of());
        if (!items.isEmpty()) {
            Batch batch = nextBatch(items);
            answer = stretch.run(() -> process(batch));
        }
        session.send(answer, messages);
        answer.late().forEach(meters::late);
        ports.steps().accept(ReceiverStep.SENT);
        if (!ports.gate().open() && !stretch.run(() -> ports.gate().awaitOpen(GATE_LIMIT))) {
            throw new BatchFailedException(
                    "Expected the cluster to be safe for a commit within " + GATE_LIMIT.toMillis()
                            + " ms, but it was not. messages=" + messages.size(),
                    null);
        }
        ports.steps().accept(ReceiverStep.BEFORE_COMMIT);
        long begun = System.nanoTime();
        session.commit();
        meters.committed(messages.size(), messages.size() - items.size(), System.nanoTime() - begun);
        committedMessages += messages.size();
        confirmedThrough = number > before ? number : confirmedThrough;
        messages.clear();
        ports.steps().accept(ReceiverStep.AFTER_COMMIT);
        return true;
    }

    /** Count what was received and not committed as rolled back. */
    @Override
    public void close() {
        meters.rolledBack(messages.size());
        messages.clear();
    }

    /** Tell the owners the last commit, once, if no batch came along to carry it. */
    void confirm() throws BatchFailedException, InterruptedException {
        if (confirmationsSent < confirmedThrough) {
            Batch batch = nextBatch(List.of());
            stretch.run(() -> process(batch));
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
                Unreadable unreadable = (Unreadable) reading;
                meters.rejection(unreadable.refusal());
                session.reject(message, unreadable.eventId(), unreadable.refusal());
            }
        }
        meters.received(received.size(), redelivered);
        return items;
    }

    private Batch nextBatch(List<Inbound> items) {
        number++;
        // Not before so many messages: the first of them may be the ones that a dead session had logged.
        boolean settled = settings.strict() && committedMessages >= ReceiverSettings.MOST_OF_A_BATCH;
        BatchSource source = new BatchSource(
                settings.destination().name(), name, number, confirmedThrough, settled, settings.strict());
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
