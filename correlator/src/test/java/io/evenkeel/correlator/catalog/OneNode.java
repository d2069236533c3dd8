// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.catalog;

import io.evenkeel.query.CatalogSnapshot;
import io.evenkeel.query.QueryDefinition;
import io.evenkeel.query.QueryInstance;
import io.evenkeel.query.catalog.CatalogChange;
import io.evenkeel.query.document.DocumentReader;
import io.evenkeel.runtime.engine.CompiledQuery;
import io.evenkeel.runtime.engine.Engine;
import java.io.IOException;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;

/** The real catalog of a node that is alone, with a register and a disk in memory that count what is asked of them. */
final class OneNode {
    final AtomicInteger reads = new AtomicInteger();
    final AtomicInteger stores = new AtomicInteger();
    final AtomicInteger compiled = new AtomicInteger();
    final AtomicInteger opened = new AtomicInteger();
    volatile boolean diskFull;
    volatile boolean compiles = true;
    volatile boolean silent;
    volatile Predicate<QueryDefinition> deploys = query -> true;
    volatile Runnable beforePrepare = () -> {};
    /** Once, behind the back of whoever reads the register. */
    volatile Runnable afterRead = () -> {};
    /** Questions to prepare. */
    final AtomicInteger prepared = new AtomicInteger();

    final PlanStore plans = new PlanStore((query, types) -> compile(query), 4, Runnable::run);
    final ChangeLimits limits;
    final Register register = new MemoryRegister();
    final ClusterCatalog catalog;

    OneNode(Pace pace, Duration prepare) {
        limits = new ChangeLimits(Duration.ofSeconds(1), prepare, Duration.ofSeconds(5), 1);
        NodeCatalog node = new NodeCatalog("one", register, plans, new MemoryDisk(), () -> {}, step -> {}, limits);
        Nodes nodes = new Nodes() {
            @Override
            public NodeRef self() {
                return new NodeRef("one#1", "one");
            }

            @Override
            public List<NodeRef> members() {
                return List.of(self());
            }

            @Override
            public CompletableFuture<Answer> ask(NodeRef to, Question question, Duration limit) {
                if (question.kind() == Question.Kind.PREPARE) {
                    prepared.incrementAndGet();
                    beforePrepare.run();
                    if (silent) {
                        return CompletableFuture.completedFuture(Answer.about("one", NodeState.SILENT, ""));
                    }
                }
                return CompletableFuture.completedFuture(node.answer(question));
            }
        };
        Safety safety = new Safety() {
            @Override
            public boolean open() {
                return true;
            }

            @Override
            public boolean awaitOpen(Duration limit) {
                return true;
            }

            @Override
            public List<String> reasons() {
                return List.of();
            }
        };
        catalog = new ClusterCatalog(node, register, nodes, safety, plans, limits, pace, step -> {});
        for (int i = 0; i < 3; i++) {
            catalog.tryStart();
        }
    }

    static CatalogChange put(String document) {
        return CatalogChange.put(DocumentReader.readOne("test", document));
    }

    static CatalogChange eventType(String name) {
        return put("event: " + name + "\nfields: {k: string}");
    }

    /** An event type and a query of it. */
    static List<CatalogChange> query() {
        return query("1");
    }

    /** @param selected in its EPL */
    static List<CatalogChange> query(String selected) {
        return List.of(
                eventType("E"),
                put("query: q\ninputs: [{event: E, key: k, within: 1 hour}]\nepl: select '" + selected
                        + "' from E\noutput: {event: M, to: 'queue:m'}"));
    }

    private CompiledQuery compile(QueryDefinition definition) {
        compiled.incrementAndGet();
        if (!compiles) {
            throw new IllegalStateException("cannot compile");
        }
        return new CompiledQuery() {
            @Override
            public QueryDefinition definition() {
                return definition;
            }

            @Override
            public Engine open(List<QueryInstance> instances, long startTime) {
                opened.incrementAndGet();
                if (!deploys.test(definition)) {
                    throw new IllegalStateException("cannot deploy");
                }
                return new NoEngine();
            }
        };
    }

    CatalogSnapshot current() {
        return catalog.current();
    }

    private final class MemoryDisk implements CatalogDisk {
        @Override
        public Kept read() {
            return new Kept(RegisterState.EMPTY, List.of());
        }

        @Override
        public void store(RegisterState state) throws IOException {
            stores.incrementAndGet();
            if (diskFull) {
                throw new IOException("No space left on device");
            }
        }
    }

    private final class MemoryRegister implements Register {
        private final Map<String, ChangeRecord> kept = new HashMap<>();
        private RegisterState state = RegisterState.EMPTY;

        @Override
        public synchronized RegisterState read() {
            reads.incrementAndGet();
            RegisterState read = RegisterCodec.decode(RegisterCodec.encode(state));
            Runnable next = afterRead;
            afterRead = () -> {};
            next.run();
            return read;
        }

        @Override
        public synchronized long peekVersion() {
            return state.version();
        }

        @Override
        public synchronized RegisterState replace(RegisterState next) {
            if (next.version() != state.version() + 1) {
                return state;
            }
            state = next;
            return next;
        }

        @Override
        public synchronized void keep(Collection<ChangeRecord> records) {
            records.forEach(record -> kept.put(record.id(), record));
        }

        @Override
        public synchronized List<ChangeRecord> findKept(Collection<String> ids) {
            return ids.stream().map(kept::get).filter(Objects::nonNull).toList();
        }
    }
}
