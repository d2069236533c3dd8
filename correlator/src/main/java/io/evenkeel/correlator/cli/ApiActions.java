// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.cli;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import io.evenkeel.client.EvenkeelClient;
import io.evenkeel.correlator.terminal.TextTable;
import io.evenkeel.query.json.ExactJson;
import java.io.PrintWriter;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** What commands share that ask the API of nodes: whom they ask, what they read, how they print. */
@Command(mixinStandardHelpOptions = true)
abstract class ApiActions {
    @Mixin
    private ApiOption nodes = new ApiOption();

    @Mixin
    private OutputOption output = new OutputOption();

    @Spec
    private @Nullable CommandSpec spec;

    /** A new one: it has connections, threads, and knows which node answered last. Keep it for a whole command. */
    EvenkeelClient client() {
        return nodes.client();
    }

    PrintWriter out() {
        return requireNonNull(spec, "spec").commandLine().getOut();
    }

    PrintWriter err() {
        return requireNonNull(spec, "spec").commandLine().getErr();
    }

    boolean json() {
        return output.json();
    }

    void print(String text) {
        out().println(text);
    }

    /** A table for people, the same as JSON for programs. */
    void print(TextTable table, Object rows) {
        print(json() ? ExactJson.MAPPER.valueToTree(rows).toString() : table.toString());
    }

    /** One thing: all of it. */
    void show(JsonNode one) {
        print(json() ? one.toString() : one.toPrettyString());
    }
}
