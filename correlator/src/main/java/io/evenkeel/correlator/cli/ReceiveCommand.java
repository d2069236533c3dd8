// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.cli;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.evenkeel.correlator.terminal.CommandException;
import io.evenkeel.jms.tool.QueueReader;
import io.evenkeel.jms.tool.QueueUnavailableException;
import io.evenkeel.jms.tool.ReceivedText;
import io.evenkeel.query.Durations;
import java.time.Duration;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Takes messages from a queue and prints them. */
@Command(
        name = "receive",
        description = "Take messages from a queue and print them, one a line.",
        mixinStandardHelpOptions = true)
final class ReceiveCommand implements Callable<Integer> {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Option(names = "--queue", required = true, paramLabel = "QUEUE", description = "Where from.")
    private String queue = "";

    @Option(
            names = "--count",
            paramLabel = "N",
            description = "End after so many; fewer are a failure (default: all until the timeout).")
    private @Nullable Long count;

    @Option(
            names = "--timeout",
            paramLabel = "DURATION",
            description = "End when none came for so long, such as '10 s' (default: 5 s).")
    private String timeout = "5 s";

    @Mixin
    private BrokerOption broker = new BrokerOption();

    @Mixin
    private OutputOption output = new OutputOption();

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        var out = requireNonNull(spec, "spec").commandLine().getOut();
        Duration idle = idle();
        long wanted = count == null ? Long.MAX_VALUE : count;
        long read;
        try (QueueReader reader = new QueueReader(broker.connection(), queue)) {
            read = reader.read(wanted, idle, message -> {
                out.println(output.json() ? json(message) : message.text());
                out.flush();
            });
        } catch (QueueUnavailableException e) {
            throw new CommandException(String.valueOf(e.getMessage()), e);
        }
        if (count != null && read < count) {
            throw new CommandException(
                    "Expected " + count + " messages, but " + read + " came and then none for " + timeout + ".");
        }
        return 0;
    }

    private Duration idle() {
        try {
            return Durations.parse(timeout);
        } catch (IllegalArgumentException e) {
            throw new WrongUseException("--timeout: " + e.getMessage() + ".", e);
        }
    }

    private static String json(ReceivedText message) {
        ObjectNode line = JSON.createObjectNode().put("body", message.text());
        ObjectNode properties = line.putObject("properties");
        new TreeMap<>(message.properties()).forEach(properties::put);
        return line.toString();
    }
}
