// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.query.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.query.Event;
import io.evenkeel.query.EventType;
import io.evenkeel.query.FieldType;
import io.evenkeel.query.json.Decoded.Accepted;
import io.evenkeel.query.json.Decoded.Reason;
import io.evenkeel.query.json.Decoded.Refused;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Label;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EventDecoderTest {
    /** One field of each type, named like it. */
    private static final EventType ALL = new EventType(
            "All",
            "",
            Arrays.stream(FieldType.values())
                    .map(type -> new EventType.Field(type.text(), type))
                    .toList());

    private static final EventDecoder DECODER = new EventDecoder(ALL);

    private static Event accepted(Decoded decoded) {
        assertThat(decoded).isInstanceOf(Accepted.class);
        return ((Accepted) decoded).event();
    }

    private static Refused refused(String json) {
        Decoded fromText = DECODER.decode(json);
        Decoded fromBytes = DECODER.decode(json.getBytes(UTF_8));
        assertThat(fromText).isInstanceOf(Refused.class);
        assertThat(((Refused) fromBytes).reason()).isEqualTo(((Refused) fromText).reason());
        return (Refused) fromText;
    }

    @Test
    @DisplayName("Every type of field is decoded into its class, from text, bytes and a part of an array")
    void everyType() {
        String json = "{\"boolean\":true,\"integer\":-5,\"long\":5000000000,\"double\":2,\"decimal\":1.50,"
                + "\"string\":\"Zürich \\n\",\"timestamp\":\"2001-01-01T00:47Z\"}";
        Event expected = new Event(
                ALL, new Object[] {true, -5, 5_000_000_000L, 2.0, new BigDecimal("1.50"), "Zürich \n", 978310020000L});
        assertThat(accepted(DECODER.decode(json))).isEqualTo(expected);
        assertThat(accepted(DECODER.decode(json.getBytes(UTF_8)))).isEqualTo(expected);
        byte[] padded = ("}{" + json + "]").getBytes(UTF_8);
        assertThat(accepted(DECODER.decode(padded, 2, padded.length - 3))).isEqualTo(expected);
    }

    @Test
    @DisplayName(
            "A missing and a null field are null, an unknown field is ignored with all that is in it, order is free")
    void missingAndUnknown() {
        Event event = accepted(DECODER.decode(
                "{\"x\":{\"integer\":[1,{}]},\"string\":\"a\",\"long\":null,\"integer\":1,\"x\":2,\"timestamp\":7}"));
        assertThat(event.values()).containsExactly(null, 1, null, null, null, "a", 7L);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "boolean | \"true\" | WRONG_TYPE",
                "boolean | 1 | WRONG_TYPE",
                "integer | 5.5 | WRONG_TYPE",
                "integer | 5.0 | WRONG_TYPE",
                "integer | \"5\" | WRONG_TYPE",
                "integer | 2147483648 | OUT_OF_RANGE",
                "integer | {} | WRONG_TYPE",
                "long | 9223372036854775808 | OUT_OF_RANGE",
                "long | 1e3 | WRONG_TYPE",
                "double | \"2\" | WRONG_TYPE",
                "double | 1e999 | OUT_OF_RANGE",
                "decimal | 1e1000000000 | OUT_OF_RANGE",
                "decimal | true | WRONG_TYPE",
                "string | 5 | WRONG_TYPE",
                "string | [\"a\"] | WRONG_TYPE",
                "timestamp | \"yesterday\" | WRONG_TYPE",
                "timestamp | 1.5 | WRONG_TYPE"
            })
    @DisplayName("A value of the wrong type is refused with its field and what it is")
    void wrongType(String field, String value, Reason reason) {
        Refused refused = refused("{\"" + field + "\":" + value + "}");
        assertThat(refused.reason()).isEqualTo(reason);
        assertThat(refused.field()).isEqualTo(field);
        assertThat(refused.message())
                .startsWith("Expected " + field + " to be ")
                .contains("but it is '");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "`` | NOT_JSON",
                "abc | NOT_JSON",
                "{\"integer\":1 | NOT_JSON",
                "{\"integer\":01} | NOT_JSON",
                "{\"double\":NaN} | NOT_JSON",
                "[1] | NOT_AN_OBJECT",
                "null | NOT_AN_OBJECT",
                "{} {} | TRAILING_CONTENT",
                "{\"integer\":1} x | NOT_JSON",
                "{\"integer\":1,\"integer\":1} | DUPLICATE_FIELD",
                "{\"integer\":null,\"integer\":1} | DUPLICATE_FIELD"
            })
    @DisplayName("A body that is not exactly one JSON object is refused")
    void notAnObject(String json, Reason reason) {
        assertThat(refused(json).reason()).isEqualTo(reason);
    }

    @Test
    @DisplayName("A body nested deeper than an event needs is refused without exhausting the stack")
    void tooDeep() {
        assertThat(refused("{\"x\":" + "[".repeat(100_000)).reason()).isEqualTo(Reason.BEYOND_LIMITS);
        assertThat(refused("{\"decimal\":" + "1".repeat(100_000) + "}").reason())
                .isEqualTo(Reason.BEYOND_LIMITS);
    }

    @ParameterizedTest
    @ValueSource(ints = {0x80, 0xC3, 0xFF})
    @DisplayName("Bytes that are not UTF-8 are refused")
    void notUtf8(int wrong) {
        byte[] json = "{\"string\":\"?\"}".getBytes(UTF_8);
        json[11] = (byte) wrong;
        Decoded decoded = DECODER.decode(json);
        assertThat(decoded).isInstanceOf(Refused.class);
        assertThat(((Refused) decoded).reason()).isEqualTo(Reason.NOT_JSON);
    }

    @Test
    @DisplayName("A value in a message of a refusal is cut at 200 characters")
    void cut() {
        assertThat(refused("{\"integer\":\"" + "x".repeat(5_000) + "\"}").message())
                .hasSizeLessThan(350);
    }

    @Test
    @DisplayName("A type with more than 64 fields finds its duplicates as well")
    void manyFields() {
        EventType wide = new EventType(
                "Wide",
                "",
                IntStream.range(0, 100)
                        .mapToObj(i -> new EventType.Field("f" + i, FieldType.INTEGER))
                        .toList());
        EventDecoder decoder = new EventDecoder(wide);
        assertThat(accepted(decoder.decode("{\"f99\":1,\"f35\":2}")).values()[35])
                .isEqualTo(2);
        assertThat(decoder.decode("{\"f99\":1,\"f99\":2}")).isInstanceOf(Refused.class);
    }

    @Test
    @DisplayName("A map message follows the rules of JSON: smaller integers fit, text is no number")
    void maps() {
        Map<String, @Nullable Object> map = new HashMap<>();
        map.put("integer", (short) 5);
        map.put("long", 6);
        map.put("double", 7L);
        map.put("decimal", 0.1);
        map.put("string", 'c');
        map.put("boolean", null);
        map.put("other", new byte[0]);
        assertThat(accepted(DECODER.fromMap(map)).values())
                .containsExactly(null, 5, 6L, 7.0, new BigDecimal("0.1"), "c", null);
        for (FieldType type : FieldType.values()) {
            Object wrong = type == FieldType.STRING ? (Object) 5 : "five";
            Decoded decoded = DECODER.fromMap(Map.of(type.text(), wrong));
            assertThat(decoded).isInstanceOf(Refused.class);
            assertThat(((Refused) decoded).field()).isEqualTo(type.text());
        }
        assertThat(((Refused) DECODER.fromMap(Map.of("integer", 1L << 40))).reason())
                .isEqualTo(Reason.OUT_OF_RANGE);
        assertThat(((Refused) DECODER.fromMap(Map.of("integer", 5.0))).reason()).isEqualTo(Reason.WRONG_TYPE);
    }

    @Test
    @DisplayName("Doubles that JSON cannot express are left out")
    void notFinite() {
        @Nullable Object[] values = new @Nullable Object[ALL.fields().size()];
        values[3] = Double.NaN;
        assertThat(EventEncoder.encode(new Event(ALL, values))).isEqualTo("{}");
    }

    @Property
    @Label("An event that was encoded is decoded as the same")
    void roundTrip(@ForAll("events") Event event) {
        String json = EventEncoder.encode(event);
        assertThat(accepted(DECODER.decode(json))).isEqualTo(event);
        assertThat(accepted(DECODER.decode(json.getBytes(UTF_8)))).isEqualTo(event);
    }

    @Property
    @Label("No body whatever throws")
    void robust(@ForAll byte[] body, @ForAll String text) {
        List<Decoded> all = new ArrayList<>();
        all.add(DECODER.decode(body));
        all.add(DECODER.decode(text));
        all.add(DECODER.decode("{\"string\":" + text + "}"));
        assertThat(all).doesNotContainNull();
    }

    @Provide
    Arbitrary<Event> events() {
        List<Arbitrary<Object>> values = new ArrayList<>();
        values.add(Arbitraries.of(true, false).asGeneric());
        values.add(Arbitraries.integers().asGeneric());
        values.add(Arbitraries.longs().asGeneric());
        values.add(Arbitraries.doubles().asGeneric());
        values.add(Arbitraries.bigDecimals().ofScale(7).asGeneric());
        values.add(Arbitraries.strings()
                .filter(text -> UTF_8.newEncoder().canEncode(text))
                .asGeneric());
        values.add(Arbitraries.longs()
                .between(-100_000_000_000_000L, 400_000_000_000_000L)
                .asGeneric());
        return Combinators.combine(
                        values.stream().map(value -> value.injectNull(0.1)).toList())
                .as(list -> new Event(ALL, list.toArray()));
    }
}
