// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.cli;

import static java.util.Objects.requireNonNull;

import io.evenkeel.client.ChangeOptions;
import io.evenkeel.client.DefinitionId;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Queries of the catalog. */
@Command(
        name = "query",
        description = "Put, get, list, delete, check and explain queries.",
        mixinStandardHelpOptions = true,
        subcommands = {
            QueryCommand.Put.class,
            QueryCommand.Get.class,
            QueryCommand.All.class,
            QueryCommand.Delete.class,
            CheckCommand.class,
            ExplainCommand.class
        })
final class QueryCommand implements Callable<Integer> {
    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() {
        return Main.usage(requireNonNull(spec, "spec"));
    }

    @Command(name = "put", description = "Create or replace what the files define: event types, queries, instances.")
    static final class Put extends DefinitionActions implements Callable<Integer> {
        @Parameters(paramLabel = "FILE", arity = "1..*", description = "YAML or JSON.")
        private List<Path> files = new ArrayList<>();

        @Option(names = "--if-match", paramLabel = "ETAG", description = "Only if it is still this version.")
        private @Nullable String ifMatch;

        @Override
        public Integer call() throws Exception {
            put(read(files), ifMatch == null ? ChangeOptions.NONE : ChangeOptions.ifMatch(ifMatch));
            return 0;
        }
    }

    @Command(name = "get", description = "Show a query.")
    static final class Get extends DefinitionActions implements Callable<Integer> {
        @Parameters(paramLabel = "QUERY")
        private String name = "";

        @Override
        public Integer call() throws Exception {
            get(DefinitionId.query(name));
            return 0;
        }
    }

    @Command(name = "list", description = "List all queries.")
    static final class All extends DefinitionActions implements Callable<Integer> {
        @Override
        public Integer call() throws Exception {
            list(client().queries(), "query");
            return 0;
        }
    }

    @Command(name = "delete", description = "Delete a query that has no instances, or all of it.")
    static final class Delete extends DefinitionActions implements Callable<Integer> {
        @Parameters(paramLabel = "QUERY")
        private String name = "";

        @Option(names = "--cascade", description = "With all its instances, in one change.")
        private boolean cascade;

        @Override
        public Integer call() throws Exception {
            delete(DefinitionId.query(name), cascade);
            return 0;
        }
    }
}
