// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.query.document;

import io.evenkeel.query.Fault;
import io.evenkeel.query.Parameter;
import io.evenkeel.query.QueryDefinition;
import io.evenkeel.query.QueryInput;
import io.evenkeel.query.Wording;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
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
        List<QueryInput> inputs = inputs();
        String epl = fields.requireText("epl", "the EPL of the query");
        int eplLine = fields.find("epl") instanceof Node.Scalar scalar ? scalar.textLine() : fields.line();
        QueryDefinition.Output output = output();
        fields.end();
        if (!epl.isEmpty()) {
            compareParameters(parameters, epl, eplLine);
        }
        return new QueryDefinition(name, description, parameters, inputs, epl, eplLine, output);
    }

    private List<QueryInput> inputs() {
        fields.require("inputs", "the inputs of the query");
        List<Node> items = fields.items("inputs");
        if (fields.find("inputs") instanceof Node.Sequence && items.isEmpty()) {
            fields.refuse("inputs", "Expected at least one input, but there is none.");
        }
        List<QueryInput> inputs = new ArrayList<>();
        Set<String> events = new HashSet<>();
        for (int i = 0; i < items.size(); i++) {
            Fields input = Fields.of("inputs[" + i + "]", items.get(i), faults);
            QueryInput read = input(input);
            if (!read.event().isEmpty() && !events.add(read.event())) {
                input.refuse(
                        "event",
                        "Expected each event type as one input, but " + Wording.quote(read.event())
                                + " is an earlier one as well. Name it twice in the EPL instead.");
            }
            inputs.add(read);
        }
        long timed = inputs.stream().filter(input -> input.timeFrom() != null).count();
        if (timed > 0 && timed < inputs.size()) {
            fields.refuse(
                    "inputs",
                    "Expected timeFrom on all inputs or on none, since a query has one clock, but " + timed + " of "
                            + inputs.size() + " have it.");
        }
        return inputs;
    }

    private QueryInput input(Fields input) {
        String event = input.requireName("event", "the event type of the input", Fields.IDENTIFIER);
        List<String> key = input.names("key");
        Duration within = input.duration("within");
        if (within != null && within.isZero()) {
            input.refuse("within", "Expected a duration above zero, but it is zero.");
        }
        Integer retain = retain(input);
        Node timeFromNode = input.find("timeFrom");
        String timeFrom = timeFromNode == null ? null : input.text("timeFrom");
        Duration wait = input.duration("wait");
        if (wait != null && timeFrom == null) {
            input.refuse(
                    "wait",
                    "Expected wait only together with timeFrom, but there is no timeFrom. Add it or drop" + " wait.");
        } else if (wait != null && !wait.isZero()) {
            input.refuse(
                    "wait",
                    "Expected wait to be 0 for now, but it is longer: holding events back for late ones"
                            + " is not there yet. Drop wait.");
        }
        if (within == null && retain == null) {
            input.refuse(
                    "within",
                    "Expected within (a duration), retain (a number of events) or both, but there is"
                            + " neither. Add one.");
            retain = 1;
        }
        input.end();
        return new QueryInput(event, key, within, retain, timeFrom, wait == null ? Duration.ZERO : wait);
    }

    private static @Nullable Integer retain(Fields input) {
        Node node = input.find("retain");
        if (node == null) {
            return null;
        }
        if (node instanceof Node.Scalar scalar
                && scalar.value() instanceof Long number
                && number >= 1
                && number <= Integer.MAX_VALUE) {
            return number.intValue();
        }
        input.refuse(
                "retain",
                "Expected a number of events from 1 to " + Integer.MAX_VALUE + ", but it is " + node.described() + ".");
        return 1;
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
