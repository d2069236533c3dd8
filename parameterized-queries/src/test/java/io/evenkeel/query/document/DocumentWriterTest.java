// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.query.document;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.query.Definitions;
import io.evenkeel.query.EventType;
import io.evenkeel.query.QueryDefinition;
import io.evenkeel.query.QueryInstance;
import io.evenkeel.query.document.Document.EventTypeDocument;
import io.evenkeel.query.document.Document.InstanceDocument;
import io.evenkeel.query.document.Document.QueryDocument;
import java.util.ArrayList;
import net.jqwik.api.ForAll;
import net.jqwik.api.Label;
import net.jqwik.api.Property;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class DocumentWriterTest {

    @Property(tries = 200)
    @Label("A definition that was written as JSON or YAML is read as the same")
    void roundTrip(@ForAll long seed) {
        Definitions definitions = new Definitions(seed);
        EventType type = definitions.eventType("Type");
        for (String text : new String[] {DocumentWriter.json(type).toString(), DocumentWriter.yaml(type)}) {
            assertThat(((EventTypeDocument) DocumentReader.readOne("t", text)).eventType())
                    .isEqualTo(type);
        }
        QueryDefinition query = definitions.query("query");
        for (String text : new String[] {DocumentWriter.json(query).toString(), DocumentWriter.yaml(query)}) {
            QueryDefinition read = ((QueryDocument) DocumentReader.readOne("q", text)).query();
            assertThat(read)
                    .usingRecursiveComparison()
                    .ignoringFields("eplLine")
                    .isEqualTo(query);
        }
        // Its values need not keep the bounds, which are of no matter here.
        QueryInstance instance = definitions.instance(query, "one");
        String json = DocumentWriter.json(query, instance).toString();
        String yaml = DocumentWriter.yaml(query, instance);
        InstanceDocument fromJson = (InstanceDocument) DocumentReader.readOne("i", json);
        InstanceDocument fromYaml = (InstanceDocument) DocumentReader.readOne("i", yaml);
        assertThat(fromYaml.values()).isEqualTo(fromJson.values());
        assertThat(values(query, fromJson)).isEqualTo(instance);
    }

    private static QueryInstance values(QueryDefinition query, InstanceDocument document) {
        var unbounded = new ArrayList<>(query.parameters());
        unbounded.replaceAll(p ->
                new io.evenkeel.query.Parameter(p.name(), p.type(), null, null, null, p.allowed(), p.description()));
        QueryDefinition free =
                new QueryDefinition(query.name(), "", unbounded, query.inputs(), query.epl(), 1, query.output());
        return ParameterValues.bind(free, document.id(), document.values());
    }

    @Test
    @DisplayName("A query is written in the shape of the contract, its EPL as a block")
    void shape() {
        String text = """
                query: late
                parameters:
                  flights:
                    type: "integer"
                    default: 3
                inputs:
                - event: "Flight"
                  key:
                  - "origin"
                  within: "2 hours"
                epl: |
                  select *
                  from Flight where ?:flights
                output:
                  event: "Late"
                  to: "queue:late"
                """;
        QueryDefinition query = ((QueryDocument) DocumentReader.readOne("q", text)).query();
        assertThat(DocumentWriter.yaml(query).replace("\"late\"", "late")).isEqualTo(text);
    }
}
