// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.broker;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.jms.Connection;
import jakarta.jms.MessageConsumer;
import jakarta.jms.Session;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.activemq.artemis.api.core.SimpleString;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How a queue becomes exclusive, and what that gives: the recipes that strict receivers stand on. */
class ExclusiveQueueTest {

    private static final String QUEUE = "flights";
    private static final List<String> EVENTS =
            IntStream.range(0, 100).mapToObj(Integer::toString).toList();

    @TempDir
    private Path data;

    private EmbeddedBroker broker;
    private Connection one;
    private Connection other;

    @BeforeEach
    void start() throws Exception {
        broker = new EmbeddedBroker(BrokerSettings.of(data).withPort(0).withExclusive("inputs.#"), Map.of()).start();
        one = Clients.core(broker);
        other = Clients.core(broker);
    }

    @AfterEach
    void stop() throws Exception {
        one.close();
        other.close();
        broker.close();
    }

    @Test
    @DisplayName("a consumer's ?exclusive=true does not make the queue that it creates exclusive; a producer's does")
    void shouldIgnoreExclusiveInConsumersDestination() throws Exception {
        Session session = one.createSession();
        session.createConsumer(session.createQueue("by-consumer?exclusive=true"));
        session.createProducer(session.createQueue("by-producer?exclusive=true"));

        assertThat(isExclusive("by-consumer")).isFalse();
        assertThat(isExclusive("by-producer")).isTrue();
    }

    @Test
    @DisplayName("made by the core session, updated by management, or matching a pattern of the settings: exclusive")
    void shouldBecomeExclusiveByThreeRecipes() throws Exception {
        Session session = one.createSession();

        assertThat(Clients.makeExclusive(session, "fresh")).isTrue();
        assertThat(Clients.makeExclusive(session, "fresh")).isTrue();

        Clients.publish(one, QUEUE, List.of("made by its publisher"));
        assertThat(Clients.makeExclusive(session, QUEUE)).isFalse();
        Clients.updateToExclusive(broker, QUEUE);
        assertThat(Clients.makeExclusive(session, QUEUE)).isTrue();
        assertThat(broker.countMessages(QUEUE)).isEqualTo(1);

        Clients.publish(one, "inputs.radar", List.of("made by its publisher"));
        assertThat(isExclusive("inputs.radar")).isTrue();
    }

    @Test
    @DisplayName("the exclusive flag survives a broker restart")
    void shouldKeepFlagOverRestart() throws Exception {
        Clients.publish(one, QUEUE, List.of("made by its publisher"));
        Clients.updateToExclusive(broker, QUEUE);
        stop();
        start();
        assertThat(isExclusive(QUEUE)).isTrue();
    }

    @Test
    @DisplayName(
            "N13 only one of two consumers gets messages; when it is cut off the other gets the uncommitted ones first, in order")
    void shouldHandOverUncommittedMessagesInOrder() throws Exception {
        // given
        Session first = one.createSession(true, Session.SESSION_TRANSACTED);
        Clients.makeExclusive(first, QUEUE);
        MessageConsumer active = first.createConsumer(first.createQueue(QUEUE));
        Session second = other.createSession(true, Session.SESSION_TRANSACTED);
        MessageConsumer standby = second.createConsumer(second.createQueue(QUEUE));
        try (Connection publisher = Clients.core(broker)) {
            Clients.publish(publisher, QUEUE, EVENTS);
        }
        List<String> committed = Clients.texts(Clients.receive(active, 20));
        first.commit();
        List<String> uncommitted = Clients.texts(Clients.receive(active, 30));
        assertThat(standby.receive(300))
                .as("to the standby while the first lives")
                .isNull();

        // when
        long cut = System.nanoTime();
        Clients.cut(one);

        // then
        var rest = Clients.receive(standby, 80);
        System.out.printf("handover and 80 messages took %.1f ms%n", (System.nanoTime() - cut) / 1e6);
        assertThat(committed).isEqualTo(EVENTS.subList(0, 20));
        assertThat(uncommitted).isEqualTo(EVENTS.subList(20, 50));
        assertThat(Clients.texts(rest)).isEqualTo(EVENTS.subList(20, 100));
        for (int i = 0; i < 30; i++) {
            assertThat(rest.get(i).getJMSRedelivered()).as("message %d", 20 + i).isTrue();
        }
        second.commit();
        assertThat(broker.countMessages(QUEUE)).isZero();
    }

    @Test
    @DisplayName(
            "N13 a consumer of higher priority that joins takes nothing from the active one, until that one closes")
    void shouldStayWithActiveConsumerWhenHigherPriorityJoins() throws Exception {
        // given: the one of low priority has 100 messages in its window, of which it has received 10
        Session first = one.createSession(true, Session.SESSION_TRANSACTED);
        Clients.makeExclusive(first, QUEUE);
        MessageConsumer low = first.createConsumer(first.createQueue(QUEUE + "?consumer-priority=1"));
        Clients.publish(other, QUEUE, EVENTS);
        assertThat(Clients.texts(Clients.receive(low, 10))).isEqualTo(EVENTS.subList(0, 10));

        // when
        Session second = other.createSession(true, Session.SESSION_TRANSACTED);
        MessageConsumer high = second.createConsumer(second.createQueue(QUEUE + "?consumer-priority=5"));
        Clients.publish(other, QUEUE, List.of("100", "101"));

        // then
        assertThat(high.receive(300))
                .as("to the higher priority while the active one lives")
                .isNull();
        first.commit();
        assertThat(Clients.texts(Clients.receive(low, 90))).isEqualTo(EVENTS.subList(10, 100));
        first.commit();
        first.close();
        assertThat(Clients.texts(Clients.receive(high, 2))).containsExactly("100", "101");
        second.commit();
    }

    @Test
    @DisplayName("of two consumers that wait, the one of higher priority gets the queue when the active one closes")
    void shouldPreferHigherPriorityAtHandover() throws Exception {
        Session active = one.createSession();
        Clients.makeExclusive(active, QUEUE);
        MessageConsumer first = active.createConsumer(active.createQueue(QUEUE + "?consumer-priority=3"));
        Session waiting = other.createSession();
        MessageConsumer low = waiting.createConsumer(waiting.createQueue(QUEUE + "?consumer-priority=1"));
        MessageConsumer high = waiting.createConsumer(waiting.createQueue(QUEUE + "?consumer-priority=2"));
        Clients.publish(other, QUEUE, List.of("a"));
        assertThat(Clients.texts(Clients.receive(first, 1))).containsExactly("a");

        first.close();
        Clients.publish(other, QUEUE, List.of("b"));

        assertThat(Clients.texts(Clients.receive(high, 1))).containsExactly("b");
        assertThat(low.receive(200)).isNull();
    }

    @Test
    @DisplayName(
            "priority decides at the first message; who got that keeps the queue, even idle, when a higher one joins")
    void shouldDecideAtFirstMessage() throws Exception {
        Session session = one.createSession();
        Clients.makeExclusive(session, QUEUE);
        MessageConsumer early = session.createConsumer(session.createQueue(QUEUE + "?consumer-priority=1"));
        Session later = other.createSession();
        MessageConsumer higher = later.createConsumer(later.createQueue(QUEUE + "?consumer-priority=5"));
        Clients.publish(other, QUEUE, List.of("a", "b"));
        assertThat(Clients.texts(Clients.receive(higher, 2))).containsExactly("a", "b");
        assertThat(early.receiveNoWait()).isNull();

        MessageConsumer highest = later.createConsumer(later.createQueue(QUEUE + "?consumer-priority=7"));
        Clients.publish(other, QUEUE, List.of("c"));

        assertThat(Clients.texts(Clients.receive(higher, 1))).containsExactly("c");
        assertThat(highest.receiveNoWait()).isNull();
    }

    private boolean isExclusive(String queue) {
        return broker.server().locateQueue(SimpleString.of(queue)).isExclusive();
    }
}
