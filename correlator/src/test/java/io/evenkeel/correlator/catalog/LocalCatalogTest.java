// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.fail;

import io.evenkeel.query.CatalogSnapshot;
import io.evenkeel.query.QueryDefinition;
import io.evenkeel.query.QueryInstance;
import io.evenkeel.query.catalog.CatalogRules;
import io.evenkeel.runtime.engine.CompiledQuery;
import io.evenkeel.runtime.engine.Engine;
import io.evenkeel.runtime.engine.QueryCompiler;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("Before a node joins")
class LocalCatalogTest {
    private static final ChangeLimits LIMITS = ChangeLimits.ofCluster(2);

    @TempDir
    Path folder;

    private final Queue<String> compiled = new ConcurrentLinkedQueue<>();
    private final Queue<String> opened = new ConcurrentLinkedQueue<>();
    private final QueryCompiler compiler = (query, types) -> {
        compiled.add(query.epl());
        return new Recorded(query);
    };

    @Test
    @DisplayName("what it ran last is compiled and opened, and not compiled again when it is to run")
    void shouldCompileWhatItRanLast() throws IOException {
        CatalogSnapshot last = CatalogRules.apply(CatalogSnapshot.EMPTY, OneNode.query("last"));
        new CatalogFile(folder).store(new RegisterState(1, 1, CatalogBytes.of(last), List.of(), List.of()));
        try (LocalCatalog local = new LocalCatalog(new CatalogFile(folder), compiler, 4, LIMITS)) {
            local.warmUp(() -> fail("what is configured does not count"));
            assertThat(opened).containsExactly("select 'last' from E");
            local.plans().plan(last, Duration.ofSeconds(10));
        }
        assertThat(compiled).containsExactly("select 'last' from E");
    }

    @Test
    @DisplayName("what its configuration names is compiled, if it never ran anything")
    void shouldCompileWhatIsConfigured() {
        CatalogSnapshot configured = CatalogRules.apply(CatalogSnapshot.EMPTY, OneNode.query("configured"));
        try (LocalCatalog local = new LocalCatalog(new CatalogFile(folder), compiler, 4, LIMITS)) {
            local.warmUp(() -> configured);
        }
        assertThat(compiled).containsExactly("select 'configured' from E");
        assertThat(opened).containsExactly("select 'configured' from E");
    }

    @Test
    @DisplayName("what cannot be compiled does not keep it from joining")
    void shouldNotFail() {
        CatalogSnapshot configured = CatalogRules.apply(CatalogSnapshot.EMPTY, OneNode.query("bad"));
        QueryCompiler failing = (query, types) -> {
            throw new LinkageError("generated class is invalid");
        };
        try (LocalCatalog local = new LocalCatalog(new CatalogFile(folder), failing, 4, LIMITS)) {
            assertThatCode(() -> local.warmUp(() -> configured)).doesNotThrowAnyException();
        }
    }

    private final class Recorded implements CompiledQuery {
        private final QueryDefinition definition;

        Recorded(QueryDefinition definition) {
            this.definition = definition;
        }

        @Override
        public QueryDefinition definition() {
            return definition;
        }

        @Override
        public Engine open(List<QueryInstance> instances, long startTime) {
            opened.add(definition.epl());
            return new NoEngine();
        }
    }
}
