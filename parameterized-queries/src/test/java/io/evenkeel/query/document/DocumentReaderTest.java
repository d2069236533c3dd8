// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.query.document;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.evenkeel.query.DefinitionRefusedException;
import io.evenkeel.query.ErrorPolicy;
import io.evenkeel.query.EventType;
import io.evenkeel.query.Fault;
import io.evenkeel.query.FieldType;
import io.evenkeel.query.InstanceId;
import io.evenkeel.query.Parameter;
import io.evenkeel.query.ParameterType;
import io.evenkeel.query.QueryDefinition;
import io.evenkeel.query.QueryInput;
import io.evenkeel.query.document.Document.EventTypeDocument;
import io.evenkeel.query.document.Document.InstanceDocument;
import io.evenkeel.query.document.Document.QueryDocument;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DocumentReaderTest {
    private static final String QUERY = """
            query: late-airport
            description: An airport where several flights were late.
            parameters:
              minDelay: {type: integer, default: 60, minimum: 0, description: at least, unit: minutes}
              mode: {type: enum, values: [NO, "on"], default: NO}
            inputs:
              - event: Flight
                key: [origin]
                within: 2 hours
                retain: 100
                timeFrom: scheduled
                wait: 0
            epl: |
              select origin, '?:no', "?:no" /* ?:no */ from Flight // ?:no
              where delay >= ?:minDelay and mode = ?:mode:string
            output: {event: LateAirport, to: queue:late-airports}
            """;

    private static List<Fault> faults(String text) {
        DefinitionRefusedException refused =
                catchThrowableOfType(DefinitionRefusedException.class, () -> DocumentReader.read("a.yaml", text));
        assertThat(refused).isNotNull().hasMessageStartingWith("a.yaml has ");
        return refused.faults();
    }

    @Test
    @DisplayName("A document as JSON has the values that were read: nothing is rounded, and 007 is no number")
    void sameValuesAsJson() {
        InstanceDocument read = (InstanceDocument) DocumentReader.readOne(
                "a.yaml",
                "query: q\ninstance: i\nparameters: {a: 007, b: 00501, c: 1_000, d: 1.50, e: 12345678901234567.89,"
                        + " f: 12:30, g: no, h: ~, i: '5', k: 1e3, l: 12345678901234567890123, m: true, n: 0.0000001}");

        String json = DocumentReader.json(read).toString();

        assertThat(json)
                .contains("\"a\":\"007\",\"b\":\"00501\",\"c\":\"1_000\",\"d\":1.50,\"e\":12345678901234567.89,");
        assertThat(((InstanceDocument) DocumentReader.readOne("a.json", json)).values())
                .isEqualTo(read.values());
    }

    @Test
    @DisplayName("Of several documents in one line of JSON each is itself")
    void severalInALine() {
        List<Document> documents = DocumentReader.read(
                "a.json", "{\"query\": \"q\", \"instance\": \"a\"} {\"query\": \"q\", \"instance\": \"b\"}");

        assertThat(documents)
                .extracting(document ->
                        DocumentReader.json(document).path("instance").asText())
                .containsExactly("a", "b");
    }

    @Test
    @DisplayName("A query is read with its parameters, inputs, EPL and output, and knows the line of its EPL")
    void query() {
        QueryDocument document = (QueryDocument) DocumentReader.readOne("a.yaml", QUERY);
        QueryDefinition query = document.query();
        assertThat(query.parameters())
                .containsExactly(
                        new Parameter("minDelay", ParameterType.INTEGER, 60, 0, null, List.of(), "at least", "minutes"),
                        new Parameter("mode", ParameterType.STRING, "NO", null, null, List.of("NO", "on"), ""));
        assertThat(query.inputs())
                .containsExactly(new QueryInput(
                        "Flight", List.of("origin"), Duration.ofHours(2), 100, "scheduled", Duration.ZERO));
        assertThat(query.epl()).startsWith("select origin").endsWith(":string\n");
        assertThat(query.eplLine()).isEqualTo(14);
        assertThat(query.output()).isEqualTo(new QueryDefinition.Output("LateAirport", "queue:late-airports"));
        assertThat(document.source().text()).isEqualTo(QUERY);
        assertThat(document.source().line("inputs[0].within")).isEqualTo(9);
        assertThat(document.title()).isEqualTo("query late-airport");
    }

    @Test
    @DisplayName(
            "Q3 Q4 Q5 An input says its key by names, its filter, what is unique in it, and how it keeps source time")
    void inputs() {
        QueryDefinition query = ((QueryDocument) DocumentReader.readOne("a.yaml", """
                query: orders
                inputs:
                  - event: Order
                    key: [customer, shop]
                    filter: amount > 10
                    within: 1 hour
                    unique: orderId
                    timeFrom: at
                    wait: 5 s
                    idle: 1 minute
                    heartbeat: Beat
                  - event: Payment
                    key: {shop: outlet, customer: payer}
                    retain: 3
                    unique: [a, b]
                    timeFrom: at
                epl: select * from Order
                output: {event: Out, to: queue:out}
                errors: {limit: 7, budget: 50 ms}
                """)).query();
        assertThat(query.errors()).isEqualTo(new ErrorPolicy(7, Duration.ofMillis(50)));
        QueryInput order = query.inputs().get(0);
        assertThat(order.key()).containsExactly("customer", "shop");
        assertThat(order.filter()).isEqualTo("amount > 10");
        assertThat(order.unique()).containsExactly("orderId");
        assertThat(order.time())
                .isEqualTo(new QueryInput.SourceTime("at", Duration.ofSeconds(5), Duration.ofMinutes(1), "Beat"));
        QueryInput payment = query.inputs().get(1);
        assertThat(payment.keyNames()).as("in the order of the first input").containsExactly("customer", "shop");
        assertThat(payment.key()).containsExactly("payer", "outlet");
        assertThat(payment.unique()).containsExactly("a", "b");
        assertThat(payment.time()).isEqualTo(QueryInput.SourceTime.of("at", Duration.ZERO));
    }

    @Test
    @DisplayName("Q3 Once a key has names, all inputs have the same")
    void keyNames() {
        assertThat(faults("""
                query: orders
                inputs:
                  - {event: Order, key: [customer], retain: 1}
                  - {event: Payment, key: {payer: payer}, retain: 1}
                epl: select * from Order
                output: {event: Out, to: queue:out}
                """)).singleElement().satisfies(fault -> {
            assertThat(fault.field()).isEqualTo("inputs[1].key");
            assertThat(fault.message()).contains("[customer]").contains("[payer]");
        });
    }

    @Test
    @DisplayName("Event types, queries and instances stand in one file, separated by ---, in any order")
    void several() {
        List<Document> documents = DocumentReader.read(
                "a.yaml",
                "# types\n---\nevent: Flight\ndescription: d\nfields:\n"
                        + "  origin: string\n  delay: integer\n---\n" + QUERY
                        + "---\nquery: late-airport\ninstance: lhr-1\nparameters: {minDelay: 5}\n---\n");
        assertThat(documents).hasSize(3);
        EventType expected = new EventType(
                "Flight",
                "d",
                List.of(
                        new EventType.Field("origin", FieldType.STRING),
                        new EventType.Field("delay", FieldType.INTEGER)));
        assertThat(((EventTypeDocument) documents.get(0)).eventType()).isEqualTo(expected);
        assertThat(((QueryDocument) documents.get(1)).query().eplLine()).isEqualTo(22);
        assertThat(documents.get(1).source().text()).isEqualTo(QUERY);
        InstanceDocument instance = (InstanceDocument) documents.get(2);
        assertThat(instance.id()).isEqualTo(new InstanceId("late-airport", "lhr-1"));
        assertThat(instance.values()).isEqualTo(Map.of("minDelay", 5L));
    }

    @Test
    @DisplayName("JSON is read as it is, tabs included")
    void json() {
        Document document =
                DocumentReader.readOne("body", "{\n\t\"event\": \"Flight\",\n\t\"fields\": {\"a\": \"long\"}\n}");
        assertThat(((EventTypeDocument) document).eventType().fields())
                .containsExactly(new EventType.Field("a", FieldType.LONG));
        assertThat(document.source().line("fields.a")).isEqualTo(3);
    }

    @Test
    @DisplayName("Every fault of a document is named at once, each with its line and field")
    void allFaults() {
        List<Fault> faults = faults("""
                query: 7up
                parameters:
                  flights: {type: integer, default: 1, minimum: 2}
                  limit: {type: integr}
                  spare: {type: integer}
                inputs:
                  - event: Flight
                    withn: 2 hours
                  - event: Gate
                    within: 5
                    wait: 5 minutes
                epl: |
                  select * from Flight
                  where a > ?:flight and b > ?:limit and c > ?:flights
                output: {event: Late Airport, to: late}
                colour: red
                """);
        assertThat(faults)
                .extracting(fault -> fault.line() + " " + fault.field())
                .containsExactlyInAnyOrder(
                        "1 query",
                        "3 parameters.flights.default",
                        "4 parameters.limit.type",
                        "7 inputs[0].within",
                        "8 inputs[0].withn",
                        "10 inputs[1].within",
                        "11 inputs[1].wait",
                        "14 epl",
                        "15 output.event",
                        "15 output.to",
                        "16 colour",
                        "5 parameters.spare");
        assertThat(faults).extracting(Fault::message).allMatch(message -> message.startsWith("Expected "));
        assertThat(faults.toString())
                .contains("did you mean within?")
                .contains("did you mean integer?")
                .contains("did you mean flights?")
                .contains("to be at least 2, but it is '1'. rule=minimum");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "wait: 0 | idle: 0 s | 12 | inputs[0].idle | above zero",
                "timeFrom: scheduled | heartbeat: Beat | 11 | inputs[0].heartbeat | together with timeFrom",
                "key: [origin] | key: {airport: 5} | 8 | inputs[0].key | a field for airport",
                "key: [origin] | key: {two words: origin} | 8 | inputs[0].key | a letter or _",
                "timeFrom: scheduled | retain: 5 | 11 | inputs[0].retain | once",
                "key: [origin] | key: [a, a] | 8 | inputs[0].key[1] | repeated",
                "retain: 100 | retain: 0 | 10 | inputs[0].retain | from 1",
                "within: 2 hours | within: 0 s | 9 | inputs[0].within | above zero",
                "minimum: 0 | minimum: 2.5 | 4 | parameters.minDelay.minimum | rule=type",
                "minimum: 0 | maximum: 0 | 4 | parameters.minDelay.default | rule=maximum",
                "minimum: 0 | minimum: 70, maximum: 60 | 4 | parameters.minDelay.minimum | minimum <= maximum",
                "default: NO | default: OFF | 5 | parameters.mode.default | one of NO, on",
                "queue:late-airports | mail:late | 16 | output.to | queue:NAME",
                "query: late-airport | query: | 1 | query | missing",
                "description: An | description: [An] # | 2 | description | a list"
            })
    @DisplayName("Each rule, broken once, is named with its line and field")
    void rules(String from, String to, int line, String field, String message) {
        assertThat(QUERY).contains(from);
        assertThat(faults(QUERY.replace(from, to))).anySatisfy(fault -> {
            assertThat(fault.line()).isEqualTo(line);
            assertThat(fault.field()).isEqualTo(field);
            assertThat(fault.message()).contains(message);
        });
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "a: &x [1, 2]\\nevent: *x | 2 | alias",
                "event: [ | 1 | Expected YAML",
                "{\"event\": | 1 | Expected JSON",
                "colour: red | 1 | Expected event, query or instance",
                "- event | 1 | Expected a mapping",
                "event: E\\nfields: {a: strin} | 2 | did you mean string?",
                "event: 5\\nfields: {a: string} | 1 | quotes",
                "# nothing | 0 | at least one document"
            })
    @DisplayName("What is no document is refused with the reason")
    void noDocument(String text, int line, String message) {
        assertThat(faults(text.replace("\\n", "\n"))).anySatisfy(fault -> {
            assertThat(fault.line()).isEqualTo(line);
            assertThat(fault.message()).contains(message);
        });
    }

    @Test
    @DisplayName("A value in a message is cut at 200 characters, and a bomb of aliases or depth is refused at once")
    void hostile() {
        assertThat(faults("event: \"" + "x ".repeat(500_000 / 2) + "\"\nfields: {}")
                        .get(0)
                        .message())
                .hasSizeLessThan(400);
        assertThat(faults("event: " + "[".repeat(50_000)).get(0).message()).contains("but");
        assertThat(faults("event: !!javax.script.ScriptEngineManager [x]\nfields: {}"))
                .isNotEmpty();
        assertThat(faults("x".repeat(1_000_001)).get(0).message()).contains("Split the file");
    }
}
