// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.hazelcast;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.correlator.catalog.CatalogStore;
import io.evenkeel.correlator.catalog.ChangeOutcome;
import io.evenkeel.correlator.catalog.ChangeRequest;
import io.evenkeel.correlator.catalog.ChangeState;
import io.evenkeel.correlator.catalog.NoEngine;
import io.evenkeel.correlator.catalog.NodeState;
import io.evenkeel.correlator.catalog.PreconditionFailedException;
import io.evenkeel.query.CatalogSnapshot;
import io.evenkeel.query.QueryDefinition;
import io.evenkeel.query.QueryInstance;
import io.evenkeel.query.catalog.CatalogChange;
import io.evenkeel.query.document.DocumentReader;
import io.evenkeel.runtime.engine.CompiledQuery;
import io.evenkeel.runtime.engine.Engine;
import io.evenkeel.runtime.engine.QueryCompiler;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("The catalog on three members of a real grid")
class GridCatalogTest {
    private static final long LIMIT_SECONDS = 60;

    private static final CountDownLatch SLOW = new CountDownLatch(1);
    private static ExecutorService clients;
    private static TestMembers members;

    @TempDir
    static Path folder;

    /** Compiles nothing; a query named slow takes until the test lets it go. */
    private static final QueryCompiler COMPILER = (definition, types) -> {
        if (definition.name().equals("slow")) {
            try {
                SLOW.await(LIMIT_SECONDS, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        return new CompiledQuery() {
            @Override
            public QueryDefinition definition() {
                return definition;
            }

            @Override
            public Engine open(List<QueryInstance> instances, long startTime) {
                return new NoEngine();
            }
        };
    };

    @BeforeAll
    static void start() throws InterruptedException {
        clients = Executors.newCachedThreadPool();
        members = new TestMembers(folder, COMPILER);
        members.start();
    }

    @AfterAll
    static void stop() {
        SLOW.countDown();
        members.close();
        clients.shutdownNow();
    }

    @Test
    @DisplayName(
            "D1 D3 X8 changes of all nodes at once come into force one after the other, each on all nodes when it is answered")
    void shouldOrderConcurrentChanges() throws Exception {
        long before = members.catalog(0).current().revision();
        List<Callable<ChangeOutcome>> changes = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            int client = i;
            changes.add(() -> {
                ChangeOutcome outcome = members.catalog(client % TestMembers.NODES)
                        .change(ChangeRequest.of(List.of(put("event: C" + client + "\nfields: {a: long}"))));
                for (int node = 0; node < TestMembers.NODES; node++) {
                    assertThat(members.catalog(node).current().revision())
                            .as("node %d when %s is answered", node, outcome.record())
                            .isGreaterThanOrEqualTo(outcome.record().revision());
                }
                return outcome;
            });
        }

        List<Long> revisions = new ArrayList<>();
        for (Future<ChangeOutcome> done : clients.invokeAll(changes, LIMIT_SECONDS, TimeUnit.SECONDS)) {
            ChangeOutcome outcome = done.get();
            assertThat(outcome.record().state()).isEqualTo(ChangeState.COMMITTED);
            assertThat(outcome.record().nodes()).hasSize(3).allMatch(node -> node.state() == NodeState.APPLIED);
            revisions.add(outcome.record().revision());
        }

        assertThat(revisions).doesNotHaveDuplicates();
        assertThat(members.catalog(0).current().revision()).isEqualTo(before + 30);
        assertThat(members.hashes()).hasSize(1);
        assertThat(members.catalog(2).findChange("never")).isEmpty();
    }

    @Test
    @DisplayName("D3 of changes that cannot all be made, one is, and the others are told")
    void shouldHaveOneWinner() throws Exception {
        List<Callable<Boolean>> changes = new ArrayList<>();
        for (int i = 0; i < 9; i++) {
            CatalogStore store = members.catalog(i % TestMembers.NODES);
            CatalogChange mine = put("event: Wanted\nfields: {by" + i + ": long}");
            changes.add(() -> {
                try {
                    store.change(ChangeRequest.of(base -> onlyIfAbsent(base, mine)));
                    return true;
                } catch (PreconditionFailedException e) {
                    return false;
                }
            });
        }

        int winners = 0;
        for (Future<Boolean> done : clients.invokeAll(changes, LIMIT_SECONDS, TimeUnit.SECONDS)) {
            winners += done.get() ? 1 : 0;
        }

        assertThat(winners).isEqualTo(1);
        assertThat(members.hashes()).hasSize(1);
    }

    private static List<CatalogChange> onlyIfAbsent(CatalogSnapshot base, CatalogChange change) {
        if (base.titles().contains(change.title())) {
            throw new PreconditionFailedException("it is there");
        }
        return List.of(change);
    }

    @Test
    @DisplayName("D8 a compile that takes its time delays no other change and no look at the cluster")
    void shouldNotWaitForASlowCompile() throws Exception {
        Future<ChangeOutcome> slow = clients.submit(() -> members.catalog(0)
                .change(ChangeRequest.of(List.of(
                        put("event: S\nfields: {a: long}"),
                        put("query: slow\ninputs: [{event: S, key: a, within: 1 hour}]\nepl: select a from S"
                                + "\noutput: {event: M, to: 'queue:m'}")))));

        for (int node = 0; node < TestMembers.NODES; node++) {
            ChangeRequest quick = ChangeRequest.of(List.of(put("event: Q" + node + "\nfields: {a: long}")));
            CatalogStore store = members.catalog(node);
            assertThat(clients.submit(() -> store.change(quick))
                            .get(LIMIT_SECONDS / 3, TimeUnit.SECONDS)
                            .record()
                            .state())
                    .isEqualTo(ChangeState.COMMITTED);
        }
        assertThat(members.member(1).view().status().members())
                .hasSize(3)
                .allMatch(member -> member.catalogHash() != null);
        assertThat(slow.isDone()).isFalse();

        SLOW.countDown();
        assertThat(slow.get(LIMIT_SECONDS, TimeUnit.SECONDS).catalog().queries())
                .containsKey("slow");
        assertThat(members.hashes()).hasSize(1);
    }

    @Test
    @DisplayName(
            "N8 a request that is repeated on another node under its id is made once, and its outcome is known everywhere")
    void shouldKnowIdsEverywhere() throws ExecutionException {
        ChangeRequest request = new ChangeRequest("once", "f", base -> List.of(put("event: Once\nfields: {a: long}")));
        ChangeOutcome first = members.catalog(0).change(request);
        members.catalog(1).change(ChangeRequest.of(base -> List.of(new CatalogChange.DeleteEventType("Once"))));
        ChangeOutcome again = members.catalog(2).change(request);

        assertThat(again.repeated()).isTrue();
        assertThat(again.record().revision()).isEqualTo(first.record().revision());
        assertThat(members.catalog(1).current().eventTypes()).doesNotContainKey("Once");
        assertThat(members.catalog(1).findChange("once").orElseThrow().nodes()).hasSize(3);
    }

    private static CatalogChange put(String document) {
        return CatalogChange.put(DocumentReader.readOne("test", document));
    }
}
