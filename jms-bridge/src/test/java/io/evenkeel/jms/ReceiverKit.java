// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.jms;

import static java.util.stream.Collectors.toList;

import io.evenkeel.jms.connection.Connections;
import io.evenkeel.jms.tool.PublishReport;
import io.evenkeel.jms.tool.PublishSettings;
import io.evenkeel.jms.tool.QueuePublisher;
import io.evenkeel.jms.tool.QueueReader;
import io.evenkeel.jms.tool.QueueUnavailableException;
import io.evenkeel.jms.tool.ReceivedText;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;

/** A broker and receivers of as many nodes as a test names, with words for what the tests do. */
final class ReceiverKit implements AutoCloseable {
    static final Duration BOUND = Duration.ofSeconds(30);

    final TestBroker broker;
    final TestGate gate = new TestGate();
    final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    final List<ReceiverStep> steps = Collections.synchronizedList(new ArrayList<>());
    private final Map<ReceiverStep, Action> actions = new ConcurrentHashMap<>();
    private final List<Receiver> started = new ArrayList<>();

    /** What a test does at a step, on the thread that passes it. */
    interface Action {
        void run() throws InterruptedException;
    }

    ReceiverKit(Path folder) throws Exception {
        broker = new TestBroker(folder);
    }

    /** Do something whenever a receiver passes a step. */
    void atStep(ReceiverStep step, Action action) {
        actions.put(step, action);
    }

    private void pass(ReceiverStep step) {
        steps.add(step);
        Action action = actions.get(step);
        if (action != null) {
            try {
                action.run();
            } catch (InterruptedException e) {
                throw new IllegalStateException("Expected not to be interrupted at " + step, e);
            }
        }
    }

    /** Start a receiver of a node. */
    Receiver start(String node, ReceiverSettings settings, BatchProcessor processor) {
        return start(node, settings, new FlightDecoding(), processor);
    }

    Receiver start(String node, ReceiverSettings settings, EventDecoding decoding, BatchProcessor processor) {
        Receiver receiver = new Receiver(
                broker.settings(),
                settings,
                new ReceiverPorts(node, decoding, processor, gate, this::pass, meters, Clock.systemUTC()));
        started.add(receiver);
        receiver.start();
        return receiver;
    }

    /** Publish flights with these numbers, the last one excluded. */
    PublishReport publish(String queue, int from, int to) throws InterruptedException {
        try (QueuePublisher publisher = new QueuePublisher(
                broker.settings(), PublishSettings.to(queue, "Flight").withIdField("number"))) {
            return publisher.publish(
                    IntStream.range(from, to)
                            .mapToObj(number -> "{\"number\":" + number + ",\"origin\":\"LHR\"}")
                            .iterator(),
                    batch -> {});
        }
    }

    /** The same with the highest priority. */
    void publishUrgent(String queue, int from, int to) throws JMSException {
        Connection connection = Connections.open(broker.settings(), 0);
        try {
            Session session = connection.createSession(Session.AUTO_ACKNOWLEDGE);
            MessageProducer producer = session.createProducer(session.createQueue(queue));
            producer.setPriority(9);
            for (int number = from; number < to; number++) {
                TextMessage message = session.createTextMessage("{\"number\":" + number + ",\"origin\":\"LHR\"}");
                message.setStringProperty(JmsProperties.MESSAGE_TYPE, "Flight");
                producer.send(message);
            }
        } finally {
            connection.close();
        }
    }

    /** Take so many matches; fewer only if none comes for long. */
    List<Integer> takeMatches(int count) throws JMSException, QueueUnavailableException {
        return take("matches", count, BOUND).stream()
                .map(match -> Integer.valueOf(match.text()))
                .collect(toList());
    }

    /** Take what is there, at most so many. */
    List<ReceivedText> take(String queue, int count) throws JMSException, QueueUnavailableException {
        return take(queue, count, Duration.ofSeconds(1));
    }

    private List<ReceivedText> take(String queue, int count, Duration idle)
            throws JMSException, QueueUnavailableException {
        List<ReceivedText> taken = new ArrayList<>();
        try (QueueReader reader = new QueueReader(broker.settings(), queue)) {
            reader.read(count, idle, taken::add);
        }
        return taken;
    }

    void awaitPhase(Receiver receiver, ReceiverPhase phase) {
        await(receiver.status().name() + " is " + phase, () -> receiver.status().phase() == phase);
    }

    /** Wait until a queue is empty and nothing of it is in delivery. */
    void awaitDrained(String queue) {
        await(queue + " is drained", () -> broker.depth(queue) == 0);
    }

    static void await(String what, Callable<Boolean> condition) {
        Awaitility.await(what).atMost(BOUND).pollInterval(Duration.ofMillis(10)).until(condition);
    }

    static List<Integer> numbers(int from, int to) {
        return IntStream.range(from, to).boxed().toList();
    }

    @Override
    public void close() {
        gate.set(true);
        for (Receiver receiver : started) {
            try {
                receiver.stop(Duration.ofSeconds(2));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        broker.close();
    }
}
