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

/** Event types of the catalog. */
@Command(
        name = "event",
        description = "Put, get, list and delete event types.",
        mixinStandardHelpOptions = true,
        subcommands = {EventCommand.Put.class, EventCommand.Get.class, EventCommand.All.class, EventCommand.Delete.class
        })
final class EventCommand implements Callable<Integer> {
    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() {
        return Main.usage(requireNonNull(spec, "spec"));
    }

    @Command(name = "put", description = "Create or replace what the files define.")
    static final class Put extends DefinitionActions implements Callable<Integer> {
        @Parameters(paramLabel = "FILE", arity = "1..*", description = "YAML or JSON.")
        private List<Path> files = new ArrayList<>();

        @Override
        public Integer call() throws Exception {
            put(read(files), ChangeOptions.NONE);
            return 0;
        }
    }

    @Command(name = "get", description = "Show an event type.")
    static final class Get extends DefinitionActions implements Callable<Integer> {
        @Parameters(paramLabel = "TYPE")
        private String name = "";

        @Override
        public Integer call() throws Exception {
            get(DefinitionId.event(name));
            return 0;
        }
    }

    @Command(name = "list", description = "List all event types.")
    static final class All extends DefinitionActions implements Callable<Integer> {
        @Override
        public Integer call() throws Exception {
            list(client().eventTypes(), "event");
            return 0;
        }
    }

    @Command(name = "delete", description = "Delete an event type that no query uses, or all that does.")
    static final class Delete extends DefinitionActions implements Callable<Integer> {
        @Parameters(paramLabel = "TYPE")
        private String name = "";

        @Option(names = "--cascade", description = "With all queries that use it, and their instances, in one change.")
        private boolean cascade;

        @Override
        public Integer call() throws Exception {
            delete(DefinitionId.event(name), cascade);
            return 0;
        }
    }
}
