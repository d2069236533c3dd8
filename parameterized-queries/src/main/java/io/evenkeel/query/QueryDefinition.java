// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.query;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Optional;

/**
 * A query: what it reads, what an instance of it must choose, its EPL, and where its matches go.
 *
 * @param epl     as the author wrote it; parameters stand in it as {@code ?:name}
 * @param eplLine line of the document at which {@code epl} begins, from 1; for messages
 * @param errors  what an instance may get wrong before it is not shown a key any more
 */
public record QueryDefinition(
        String name,
        String description,
        List<Parameter> parameters,
        List<QueryInput> inputs,
        String epl,
        int eplLine,
        Output output,
        ErrorPolicy errors) {
    /**
     * Where matches go.
     *
     * @param event       the value of the property {@code MESSAGE_TYPE} of each match
     * @param destination a queue or topic in the form {@code queue:name} or {@code topic:name}
     */
    public record Output(String event, String destination) {
        public Output {
            requireNonNull(event, "event");
            requireNonNull(destination, "destination");
        }
    }

    public QueryDefinition {
        requireNonNull(name, "name");
        requireNonNull(description, "description");
        parameters = List.copyOf(parameters);
        inputs = List.copyOf(inputs);
        requireNonNull(epl, "epl");
        requireNonNull(output, "output");
        requireNonNull(errors, "errors");
    }

    /** A query with the usual limit of errors. */
    public QueryDefinition(
            String name,
            String description,
            List<Parameter> parameters,
            List<QueryInput> inputs,
            String epl,
            int eplLine,
            Output output) {
        this(name, description, parameters, inputs, epl, eplLine, output, ErrorPolicy.DEFAULT);
    }

    /** True if the clock of this query is a watermark of source time; then all inputs have a {@code timeFrom}. */
    public boolean sourceTime() {
        return inputs.get(0).timeFrom() != null;
    }

    public Optional<Parameter> findParameter(String parameter) {
        return parameters.stream().filter(p -> p.name().equals(parameter)).findFirst();
    }
}
