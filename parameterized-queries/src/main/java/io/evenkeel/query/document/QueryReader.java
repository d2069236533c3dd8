// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.query.document;

import io.evenkeel.query.ErrorPolicy;
import io.evenkeel.query.Fault;
import io.evenkeel.query.Parameter;
import io.evenkeel.query.QueryDefinition;
import io.evenkeel.query.QueryInput;
import io.evenkeel.query.Wording;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads the definition of a query. */
final class QueryReader {
    private static final Pattern DESTINATION = Pattern.compile("(?:queue|topic):\\S+");

    private final Fields fields;
    private final List<Fault> faults;

    private QueryReader(Fields fields, List<Fault> faults) {
        this.fields = fields;
        this.faults = faults;
    }

    /** The definition; only without fault if no fault was added. */
    static @Nullable QueryDefinition read(Node node, List<Fault> faults) {
        int before = faults.size();
        QueryDefinition query = new QueryReader(Fields.of("", node, faults), faults).read();
        return faults.size() == before ? query : null;
    }

    private QueryDefinition read() {
        String name = fields.requireName("query", "the name of the query", Fields.NAME);
        String description = fields.text("description");
        List<Parameter> parameters = new ArrayList<>();
        fields.entries("parameters").forEach((key, node) -> parameters.add(ParameterReader.read(key, node, faults)));
        List<QueryInput> inputs = new InputReader(fields, faults).read();
        String epl = fields.requireText("epl", "the EPL of the query");
        int eplLine = fields.find("epl") instanceof Node.Scalar scalar ? scalar.textLine() : fields.line();
        QueryDefinition.Output output = output();
        ErrorPolicy errors = errors();
        fields.end();
        if (!epl.isEmpty()) {
            compareParameters(parameters, epl, eplLine);
        }
        return new QueryDefinition(name, description, parameters, inputs, epl, eplLine, output, errors);
    }

    private QueryDefinition.Output output() {
        Node node = fields.require("output", "the output of the query");
        if (node == null) {
            return new QueryDefinition.Output("", "");
        }
        Fields output = Fields.of("output", node, faults);
        String event = output.requireName("event", "the event type of the matches", Fields.IDENTIFIER);
        String destination = output.requireText("to", "where the matches go");
        if (!destination.isEmpty() && !DESTINATION.matcher(destination).matches()) {
            output.refuse("to", "Expected queue:NAME or topic:NAME, but it is " + Wording.quote(destination) + ".");
        }
        output.end();
        return new QueryDefinition.Output(event, destination);
    }

    private ErrorPolicy errors() {
        Node node = fields.find("errors");
        if (node == null) {
            return ErrorPolicy.DEFAULT;
        }
        Fields errors = Fields.of("errors", node, faults);
        Integer limit = errors.count("limit", "a number of events");
        Duration budget = errors.duration("budget");
        if (budget != null && budget.isZero()) {
            errors.refuse("budget", "Expected a CPU time for one event, such as 50 ms, but it is zero.");
            budget = null;
        }
        errors.end();
        return new ErrorPolicy(limit == null ? ErrorPolicy.DEFAULT.limit() : limit, budget);
    }

    private void compareParameters(List<Parameter> parameters, String epl, int eplLine) {
        List<String> declared = parameters.stream().map(Parameter::name).toList();
        Map<String, Integer> used = EplParameters.find(epl);
        boolean block = eplLine > fields.line() && epl.indexOf('\n') >= 0;
        used.forEach((name, line) -> {
            if (!declared.contains(name)) {
                faults.add(new Fault(
                        block ? eplLine + line : eplLine,
                        "epl",
                        "Expected each ?:name to be declared"
                                + " under parameters, but " + Wording.quote(name) + " is not; "
                                + Wording.suggest(name, declared)));
            }
        });
        Fields each = Fields.of("parameters", parametersNode(), faults);
        for (String name : declared) {
            if (!used.containsKey(name)) {
                each.refuse(
                        name,
                        "Expected the EPL to use the parameter as ?:" + name + ", but it does not. Use it or drop it.");
            }
        }
    }

    private Node parametersNode() {
        Node node = fields.find("parameters");
        return node instanceof Node.Mapping ? node : new Node.Mapping(fields.line(), Map.of());
    }
}
