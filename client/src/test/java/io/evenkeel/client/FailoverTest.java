// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.evenkeel.client.ScriptedNode.Heard;
import io.evenkeel.client.ScriptedNode.Reply;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class FailoverTest {
    private static final DefinitionId FLIGHT = DefinitionId.event("Flight");
    private static final String NOBODY = "http://127.0.0.1:1";
    private static final String BUSY =
            "{\"status\":503,\"code\":\"UNAVAILABLE\",\"detail\":\"Expected a majority.\",\"change\":\"c1\"}";

    private ScriptedNode one;
    private ScriptedNode two;

    @BeforeEach
    void start() throws IOException {
        one = new ScriptedNode();
        two = new ScriptedNode();
    }

    @AfterEach
    void stop() {
        one.close();
        two.close();
    }

    private EvenkeelClient client() {
        return EvenkeelClient.of(patient(one.url(), two.url()));
    }

    /** A busy machine is not to be taken for a silent node. */
    private static ClientSettings patient(String... urls) {
        return ClientSettings.of(urls).withRead(Duration.ofSeconds(20));
    }

    @Test
    @DisplayName("N8 a change whose answer is lost is repeated on the next node under the same key")
    void shouldRepeatUnderTheSameKey() throws Exception {
        one.script(request -> Reply.HANG_UP);

        client().put(FLIGHT, "event: Flight", ChangeOptions.ifMatch("\"1-1-a\""));

        Heard first = one.heard().get(0);
        Heard second = two.heard().get(0);
        assertThat(first.header("Idempotency-Key")).isNotEmpty();
        assertThat(second.headers())
                .containsEntry("Idempotency-key", first.headers().get("Idempotency-key"));
        assertThat(second.header("If-Match")).isEqualTo("\"1-1-a\"");
        assertThat(second.body()).isEqualTo("event: Flight");
    }

    @Test
    @DisplayName("two changes have two keys, unless the caller names them")
    void shouldHaveAKeyForEachChange() throws Exception {
        client().put(FLIGHT, "event: Flight");
        client().put(FLIGHT, "event: Flight");
        client().delete(FLIGHT, ChangeOptions.key("mine"));

        assertThat(one.heard())
                .extracting(request -> request.header("Idempotency-Key"))
                .doesNotHaveDuplicates();
        assertThat(one.heard().get(2).header("Idempotency-Key")).isEqualTo("mine");
    }

    @Test
    @DisplayName(
            "a node that is not there is passed over, and asked last for some time; the one that answered stays the first")
    void shouldStayWithTheNodeThatAnswers() throws Exception {
        EvenkeelClient client = EvenkeelClient.of(patient(NOBODY, one.url(), two.url()));

        for (int i = 0; i < 5; i++) {
            client.read(FLIGHT);
        }

        assertThat(one.heard()).hasSize(5);
        assertThat(two.heard()).isEmpty();
    }

    @Test
    @DisplayName("N7 a node that accepts and does not answer costs less than 2 s")
    void shouldLeaveASilentNode() throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        one.script(request -> {
            end.await();
            return Reply.HANG_UP;
        });
        ClientSettings settings = ClientSettings.of(one.url(), two.url());
        assertThat(settings.read()).isLessThan(Duration.ofSeconds(2));
        // A part of that, since the machine may be busy.
        EvenkeelClient client = EvenkeelClient.of(settings.withRead(Duration.ofMillis(500)));
        long begun = System.nanoTime();

        Optional<Definition> read = client.read(FLIGHT);

        assertThat(read).isPresent();
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(10));
        end.countDown();
    }

    @Test
    @DisplayName("a cluster that cannot serve is asked again until it can")
    void shouldHavePatience() throws Exception {
        one.script(request -> one.heard().size() < 3 ? Reply.problem(503, BUSY) : Reply.ok("{}"));
        two.script(request -> Reply.problem(503, BUSY));

        Done done = client().put(FLIGHT, "event: Flight");

        assertThat(done.created()).isFalse();
        assertThat(one.heard())
                .hasSize(3)
                .extracting(request -> request.header("Idempotency-Key"))
                .containsOnly(one.heard().get(0).header("Idempotency-Key"));
    }

    @Test
    @DisplayName("when patience ends the problem of the last node is told, and the change that it names")
    void shouldTellWhyNobodyServes() {
        one.script(request -> Reply.problem(503, BUSY));
        EvenkeelClient client = EvenkeelClient.of(ClientSettings.of(one.url()).withPatience(Duration.ZERO));

        assertThatExceptionOfType(UnavailableException.class)
                .isThrownBy(() -> client.put(FLIGHT, "event: Flight"))
                .satisfies(e -> assertThat(e.problem().change()).isEqualTo("c1"));
    }

    @Test
    @DisplayName("when no node is there each is named")
    void shouldNameAbsentNodes() {
        EvenkeelClient client = EvenkeelClient.of(ClientSettings.of(NOBODY).withAbsence(Duration.ZERO));

        assertThatExceptionOfType(UnreachableException.class)
                .isThrownBy(client::cluster)
                .withMessageContaining(NOBODY)
                .withMessageContaining("Is it running?");
    }

    @Test
    @DisplayName("an order has no key: it is repeated if nobody was there, and not if its answer is lost")
    void shouldNotRepeatAnOrderThatMayHaveBeenHeard() throws Exception {
        one.script(request -> Reply.ok("[]"));
        assertThat(EvenkeelClient.of(NOBODY, one.url()).skipErrors("q", "i", "a b"))
                .isEmpty();
        assertThat(one.heard().get(0).path()).isEqualTo("/api/v1/queries/q/instances/i/errors:skip?key=a%20b");

        one.script(request -> Reply.HANG_UP);
        assertThatExceptionOfType(UnreachableException.class)
                .isThrownBy(() -> client().retryErrors("q", "i", null))
                .withMessageContaining("not known");
        assertThat(two.heard()).isEmpty();
    }

    @Test
    @DisplayName("a refusal has its status, its code and each fault with its path; no other node is asked")
    void shouldTellFaults() {
        one.script(request -> Reply.problem(
                422,
                "{\"status\":422,\"code\":\"DEFINITION_REFUSED\",\"title\":\"t\",\"detail\":\"d\",\"new\":1,"
                        + "\"faults\":[{\"field\":\"inputs[0].key\",\"line\":3,\"message\":\"m\"}]}"));

        assertThatExceptionOfType(RefusedException.class)
                .isThrownBy(() -> client().put(FLIGHT, "event: Flight"))
                .withMessage("d\n  line 3, inputs[0].key: m")
                .satisfies(e ->
                        assertThat(e.problem().faults()).containsExactly(new Problem.Fault("inputs[0].key", 3, "m")));
        assertThat(two.heard()).isEmpty();
    }

    @Test
    @DisplayName("what is no node is not taken for one")
    void shouldDoubtOtherServers() {
        one.script(request -> Reply.problem(404, "<html>"));
        assertThatExceptionOfType(ProblemException.class)
                .isThrownBy(() -> client().cluster())
                .withMessageContaining("Is it an Evenkeel node?");

        one.script(request -> Reply.ok("<html>"));
        assertThatExceptionOfType(UnreachableException.class)
                .isThrownBy(() -> client().cluster())
                .withMessageContaining("Is it an Evenkeel node?");
        assertThatIllegalArgumentException().isThrownBy(() -> EvenkeelClient.of("localhost:8701"));
        assertThatIllegalArgumentException().isThrownBy(() -> EvenkeelClient.of());
    }

    @Test
    @DisplayName("only a node can say that something does not exist, not whoever else answers 404")
    void shouldNotTakeAnyoneElsesWord() throws Exception {
        one.script(request -> Reply.problem(404, "<html>no such page</html>"));
        assertThatExceptionOfType(ProblemException.class)
                .isThrownBy(() -> client().read(FLIGHT))
                .satisfies(e -> assertThat(e).isNotInstanceOf(NotFoundException.class));
        assertThatExceptionOfType(ProblemException.class)
                .isThrownBy(() -> client().readChange("c"))
                .satisfies(e -> assertThat(e.status()).isEqualTo(404));

        one.script(request -> Reply.problem(404, "{\"status\":404,\"code\":\"NOT_FOUND\",\"detail\":\"no\"}"));
        assertThat(client().read(FLIGHT)).isEmpty();
    }

    @Test
    @DisplayName("a future fails with the same exceptions, and one that is cancelled asks no further")
    void shouldServeFutures() throws Exception {
        one.script(request -> Reply.problem(409, "{\"status\":409,\"code\":\"CONFLICT\",\"detail\":\"used\"}"));
        assertThatExceptionOfType(ExecutionException.class)
                .isThrownBy(() ->
                        client().async().delete(FLIGHT, ChangeOptions.NONE).get(5, TimeUnit.SECONDS))
                .withCauseInstanceOf(ConflictException.class);

        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch answer = new CountDownLatch(1);
        one.script(request -> {
            asked.countDown();
            answer.await();
            return Reply.problem(503, BUSY);
        });
        CompletableFuture<ClusterStatus> call = client().async().cluster();
        asked.await();
        call.cancel(true);
        answer.countDown();

        assertThat(call).isCancelled();
    }
}
