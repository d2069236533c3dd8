// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.query.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.evenkeel.query.CatalogSnapshot;
import io.evenkeel.query.DefinitionRefusedException;
import io.evenkeel.query.InstanceId;
import io.evenkeel.query.catalog.CatalogChange.DeleteEventType;
import io.evenkeel.query.catalog.CatalogChange.DeleteInstance;
import io.evenkeel.query.catalog.CatalogChange.DeleteQuery;
import io.evenkeel.query.document.DocumentReader;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class CatalogRulesTest {
    private static final String FLIGHT =
            "event: Flight\nfields: {origin: string, scheduled: timestamp, delay: integer}\n";
    private static final String GATE = "event: Gate\nfields: {airport: string, opened: timestamp, number: integer}\n";
    private static final String QUERY = """
            query: late
            parameters: {minimum: {type: integer, default: 60}, spare: {type: integer, default: 1}}
            inputs:
              - {event: Flight, key: origin, within: 2 hours, timeFrom: scheduled}
              - {event: Gate, key: airport, within: 2 hours, timeFrom: opened}
            epl: select * from Flight where delay > ?:minimum and delay > ?:spare
            output: {event: Late, to: queue:late}
            """;
    private static final String INSTANCE = "query: late\ninstance: one\nparameters: {minimum: 5}\n";
    private static final InstanceId ID = new InstanceId("late", "one");
    private static final CatalogSnapshot LOADED = put(CatalogSnapshot.EMPTY, INSTANCE, QUERY, FLIGHT, GATE);

    private static CatalogSnapshot put(CatalogSnapshot current, String... documents) {
        List<CatalogChange> changes = new ArrayList<>();
        for (String document : documents) {
            changes.add(CatalogChange.put(DocumentReader.readOne("test", document)));
        }
        return CatalogRules.apply(current, changes);
    }

    private static DefinitionRefusedException refusedPut(CatalogSnapshot current, String... documents) {
        DefinitionRefusedException refused =
                catchThrowableOfType(DefinitionRefusedException.class, () -> put(current, documents));
        assertThat(refused).isNotNull();
        return refused;
    }

    private static DefinitionRefusedException refused(CatalogChange... changes) {
        DefinitionRefusedException refused = catchThrowableOfType(
                DefinitionRefusedException.class, () -> CatalogRules.apply(LOADED, List.of(changes)));
        assertThat(refused).isNotNull();
        return refused;
    }

    @Test
    @DisplayName("Definitions that need each other come into force together, in any order of the list")
    void together() {
        assertThat(LOADED.revision()).isEqualTo(1);
        assertThat(LOADED.eventTypes()).containsOnlyKeys("Flight", "Gate");
        assertThat(LOADED.queries().get("late").version()).isEqualTo(1);
        assertThat(LOADED.instances().get(ID).value().values())
                .containsEntry("minimum", 5)
                .containsEntry("spare", 1);
    }

    @Test
    @DisplayName("A put that changes nothing keeps version and revision, also if only comments moved the EPL")
    void unchanged() {
        assertThat(put(LOADED, FLIGHT, "# moved\n" + QUERY, INSTANCE)).isSameAs(LOADED);
    }

    @Test
    @DisplayName("A change counts its own version and the revision, and nothing else")
    void versions() {
        CatalogSnapshot next = put(LOADED, QUERY.replace("delay > ?:minimum", "delay >= ?:minimum"));
        assertThat(next.revision()).isEqualTo(2);
        assertThat(next.queries().get("late").version()).isEqualTo(2);
        assertThat(next.queries().get("late").revision()).isEqualTo(2);
        assertThat(next.instances()).isEqualTo(LOADED.instances());
        assertThat(next.eventTypes()).isEqualTo(LOADED.eventTypes());
    }

    @Test
    @DisplayName("D7: an event type that a query uses and a query with instances are not deleted")
    void deleteUsed() {
        assertThat(refused(new DeleteEventType("Flight"))).hasMessageContaining("Query late uses event type Flight");
        assertThat(refused(new DeleteQuery("late"))).hasMessageContaining("to have no instances, but it has late/one");
        assertThat(refused(new DeleteQuery("later"))).hasMessageContaining("did you mean late?");
    }

    @Test
    @DisplayName("D7: they are deleted together with all that uses them")
    void deleteTogether() {
        List<CatalogChange> changes = List.of(
                new DeleteEventType("Flight"),
                new DeleteEventType("Gate"),
                new DeleteQuery("late"),
                new DeleteInstance(ID));
        CatalogSnapshot empty = CatalogRules.apply(LOADED, changes);
        assertThat(empty)
                .isEqualTo(new CatalogSnapshot(
                        2,
                        CatalogSnapshot.EMPTY.eventTypes(),
                        CatalogSnapshot.EMPTY.queries(),
                        CatalogSnapshot.EMPTY.instances(),
                        new TreeMap<>(
                                LOADED.titles().stream().collect(Collectors.toMap(title -> title, title -> 2L)))));
        assertThat(CatalogCodec.decode(CatalogCodec.encode(empty))).isEqualTo(empty);
        CatalogSnapshot again = put(empty, GATE);
        assertThat(again.deleted()).doesNotContainKey("event type Gate").containsKey("event type Flight");
    }

    @Test
    @DisplayName("D7: a delete that cascades takes along all that uses it, and nothing else")
    void cascade() {
        CatalogSnapshot more = put(LOADED, "event: Other\nfields: {a: long}");
        assertThat(Cascade.of(more, new DeleteInstance(ID))).containsExactly(new DeleteInstance(ID));
        assertThat(Cascade.of(more, new DeleteQuery("late")))
                .containsExactly(new DeleteInstance(ID), new DeleteQuery("late"));
        List<CatalogChange> all = Cascade.of(more, new DeleteEventType("Gate"));
        assertThat(all).containsExactly(new DeleteInstance(ID), new DeleteQuery("late"), new DeleteEventType("Gate"));
        assertThat(CatalogRules.apply(more, all).titles()).containsExactly("event type Flight", "event type Other");
    }

    @Test
    @DisplayName(
            "A query names known event types, keys of the same types, and timestamps as its clock; all faults at once")
    void queryFaults() {
        DefinitionRefusedException refused = refusedPut(
                LOADED,
                QUERY.replace("key: origin", "key: orign")
                        .replace("timeFrom: opened", "timeFrom: number")
                        .replace("event: Gate", "event: Gate"));
        assertThat(refused.faults())
                .extracting(fault -> fault.line() + " " + fault.field())
                .containsExactlyInAnyOrder("4 inputs[0].key", "5 inputs[1].timeFrom");
        assertThat(refused).hasMessageContaining("did you mean origin?").hasMessageContaining("is of type integer");
        assertThat(refusedPut(LOADED, QUERY.replace("event: Gate", "event: Gates")))
                .hasMessageContaining("did you mean Gate?");
        assertThat(refusedPut(LOADED, QUERY.replace("key: airport", "key: number")))
                .hasMessageContaining("[string], but they are [integer]");
        assertThat(refusedPut(LOADED, QUERY.replace("key: airport", "key: [airport, number]")))
                .hasMessageContaining("as many key fields");
        assertThat(refusedPut(LOADED, QUERY.replace("key: airport,", ""))).hasMessageContaining("as many key fields");
    }

    @Test
    @DisplayName("An event type keeps the fields that keys and clocks of queries use; others may go")
    void changedEventType() {
        assertThat(refusedPut(LOADED, FLIGHT.replace("origin: string", "from: string")))
                .hasMessageContaining("event type Flight")
                .hasMessageContaining("Query late uses event type Flight, inputs[0].key");
        assertThat(refusedPut(LOADED, FLIGHT.replace("scheduled: timestamp", "scheduled: long")))
                .hasMessageContaining("inputs[0].timeFrom");
        assertThat(put(LOADED, GATE.replace(", number: integer", ""))
                        .eventTypes()
                        .get("Gate")
                        .version())
                .isEqualTo(2);
    }

    @Test
    @DisplayName("Q2: a wrong value of an instance is refused and nothing changes")
    void instanceFaults() {
        DefinitionRefusedException refused = refusedPut(LOADED, INSTANCE.replace("minimum: 5", "minimum: x, max: 1"));
        assertThat(refused.faults())
                .extracting(fault -> fault.line() + " " + fault.field())
                .containsExactlyInAnyOrder("3 parameters.minimum", "3 parameters.max");
        assertThat(refusedPut(LOADED, INSTANCE.replace("query: late", "query: lat")))
                .hasMessageContaining("did you mean late?");
    }

    @Test
    @DisplayName(
            "When a query changes, its instances must still fit: chosen values stay, dropped defaults go, new ones come")
    void revalidated() {
        String stricter = QUERY.replace("{type: integer, default: 60}", "{type: integer, default: 60, minimum: 6}");
        assertThat(refusedPut(LOADED, stricter))
                .hasMessageContaining("Instance late/one does not fit any more")
                .hasMessageContaining("rule=minimum");
        CatalogSnapshot both = put(LOADED, stricter, INSTANCE.replace("5", "7"));
        assertThat(both.instances().get(ID).version()).isEqualTo(2);

        String renamed = QUERY.replace("minimum: {", "least: {").replace("?:minimum", "?:least");
        assertThat(refusedPut(LOADED, renamed)).hasMessageContaining("parameters.minimum");

        String other = QUERY.replace("spare: {type: integer, default: 1}", "more: {type: duration, default: 2 s}")
                .replace("?:spare", "?:more");
        assertThat(put(LOADED, other).instances().get(ID).value().values())
                .containsOnlyKeys("minimum", "more")
                .containsEntry("more", 2.0);
    }

    @Test
    @DisplayName("A query without parameters has one instance at most")
    void onlyOne() {
        String plain = "query: plain\ninputs: [{event: Flight, retain: 1}]\nepl: select * from Flight\n"
                + "output: {event: O, to: queue:o}\n";
        CatalogSnapshot one = put(LOADED, plain, "query: plain\ninstance: a\n");
        assertThat(refusedPut(one, "query: plain\ninstance: b\n")).hasMessageContaining("one instance at most");
    }

    @Test
    @DisplayName("Faults of several changes are told apart by what they change")
    void titles() {
        assertThat(refused(new DeleteQuery("x"), new DeleteInstance(new InstanceId("late", "on"))))
                .hasMessageContaining("change of the catalog has 2 faults")
                .hasMessageContaining("query x: Expected")
                .hasMessageContaining("instance late/on: Expected")
                .hasMessageContaining("did you mean late/one?");
    }
}
