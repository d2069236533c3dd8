// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.query.catalog;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.evenkeel.query.ErrorPolicy;
import io.evenkeel.query.EventType;
import io.evenkeel.query.FieldType;
import io.evenkeel.query.InstanceId;
import io.evenkeel.query.Parameter;
import io.evenkeel.query.ParameterType;
import io.evenkeel.query.QueryDefinition;
import io.evenkeel.query.QueryInput;
import io.evenkeel.query.QueryInput.SourceTime;
import io.evenkeel.query.QueryInstance;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Single definitions as trees of JSON and back, for {@link CatalogCodec}. */
final class DefinitionCodec {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private DefinitionCodec() {}

    static ObjectNode eventType(EventType type) {
        ObjectNode json = NODES.objectNode().put("name", type.name()).put("description", type.description());
        ArrayNode fields = json.putArray("fields");
        type.fields()
                .forEach(field -> fields.addObject()
                        .put("name", field.name())
                        .put("type", field.type().name()));
        return json;
    }

    static EventType eventType(JsonNode json) {
        List<EventType.Field> fields = new ArrayList<>();
        for (JsonNode field : json.required("fields")) {
            fields.add(new EventType.Field(text(field, "name"), FieldType.valueOf(text(field, "type"))));
        }
        return new EventType(text(json, "name"), text(json, "description"), fields);
    }

    static ObjectNode query(QueryDefinition query) {
        ObjectNode json = NODES.objectNode().put("name", query.name()).put("description", query.description());
        ArrayNode parameters = json.putArray("parameters");
        query.parameters().forEach(parameter -> parameters.add(parameter(parameter)));
        ArrayNode inputs = json.putArray("inputs");
        query.inputs().forEach(input -> inputs.add(input(input)));
        json.put("epl", query.epl()).put("eplLine", query.eplLine());
        json.putObject("output")
                .put("event", query.output().event())
                .put("destination", query.output().destination());
        Duration budget = query.errors().budget();
        json.put("errors", query.errors().limit());
        return budget == null ? json : json.put("budgetMs", budget.toMillis());
    }

    static QueryDefinition query(JsonNode json) {
        List<Parameter> parameters = new ArrayList<>();
        json.required("parameters").forEach(parameter -> parameters.add(parameter(parameter)));
        List<QueryInput> inputs = new ArrayList<>();
        json.required("inputs").forEach(input -> inputs.add(input(input)));
        JsonNode output = json.required("output");
        return new QueryDefinition(
                text(json, "name"),
                text(json, "description"),
                parameters,
                inputs,
                text(json, "epl"),
                json.required("eplLine").intValue(),
                new QueryDefinition.Output(text(output, "event"), text(output, "destination")),
                new ErrorPolicy(
                        json.required("errors").intValue(),
                        json.hasNonNull("budgetMs")
                                ? Duration.ofMillis(json.get("budgetMs").longValue())
                                : null));
    }

    static ObjectNode instance(QueryInstance instance) {
        ObjectNode json = NODES.objectNode()
                .put("query", instance.id().query())
                .put("name", instance.id().name());
        ObjectNode values = json.putObject("values");
        instance.values().forEach((name, value) -> values.set(name, value(value)));
        return json;
    }

    static QueryInstance instance(JsonNode json) {
        SortedMap<String, Object> values = new TreeMap<>();
        json.required("values").properties().forEach(entry -> values.put(entry.getKey(), value(entry.getValue())));
        return new QueryInstance(new InstanceId(text(json, "query"), text(json, "name")), values);
    }

    private static ObjectNode parameter(Parameter parameter) {
        ObjectNode json = NODES.objectNode()
                .put("name", parameter.name())
                .put("type", parameter.type().name())
                .put("description", parameter.description())
                .put("unit", parameter.unit());
        setValue(json, "default", parameter.defaultValue());
        setValue(json, "minimum", parameter.minimum());
        setValue(json, "maximum", parameter.maximum());
        ArrayNode allowed = json.putArray("allowed");
        parameter.allowed().forEach(value -> allowed.add(value(value)));
        return json;
    }

    private static Parameter parameter(JsonNode json) {
        List<Object> allowed = new ArrayList<>();
        json.required("allowed").forEach(value -> allowed.add(value(value)));
        return new Parameter(
                text(json, "name"),
                ParameterType.valueOf(text(json, "type")),
                findValue(json, "default"),
                findValue(json, "minimum"),
                findValue(json, "maximum"),
                allowed,
                text(json, "description"),
                text(json, "unit"));
    }

    private static ObjectNode input(QueryInput input) {
        ObjectNode json = NODES.objectNode().put("event", input.event());
        setTexts(json, "key", input.key());
        setTexts(json, "keyNames", input.keyNames());
        json.put("filter", input.filter());
        if (input.within() != null) {
            json.put("within", input.within().toString());
        }
        if (input.retain() != null) {
            json.put("retain", input.retain());
        }
        setTexts(json, "unique", input.unique());
        SourceTime time = input.time();
        if (time != null) {
            ObjectNode clock = json.putObject("time")
                    .put("field", time.field())
                    .put("wait", time.waitFor().toString())
                    .put("idle", time.idle().toString());
            if (time.heartbeat() != null) {
                clock.put("heartbeat", time.heartbeat());
            }
        }
        return json;
    }

    private static QueryInput input(JsonNode json) {
        JsonNode within = json.get("within");
        JsonNode retain = json.get("retain");
        JsonNode time = json.get("time");
        return new QueryInput(
                text(json, "event"),
                texts(json, "key"),
                texts(json, "keyNames"),
                text(json, "filter"),
                within == null ? null : Duration.parse(within.textValue()),
                retain == null ? null : retain.intValue(),
                texts(json, "unique"),
                time == null ? null : time(time));
    }

    private static SourceTime time(JsonNode json) {
        JsonNode heartbeat = json.get("heartbeat");
        return new SourceTime(
                text(json, "field"),
                Duration.parse(text(json, "wait")),
                Duration.parse(text(json, "idle")),
                heartbeat == null ? null : heartbeat.textValue());
    }

    private static void setTexts(ObjectNode json, String key, List<String> texts) {
        ArrayNode array = json.putArray(key);
        texts.forEach(array::add);
    }

    private static List<String> texts(JsonNode json, String key) {
        List<String> texts = new ArrayList<>();
        json.required(key).forEach(text -> texts.add(text.textValue()));
        return texts;
    }

    private static String text(JsonNode json, String key) {
        return json.required(key).textValue();
    }

    private static void setValue(ObjectNode json, String key, @Nullable Object value) {
        if (value != null) {
            json.set(key, value(value));
        }
    }

    private static @Nullable Object findValue(JsonNode json, String key) {
        JsonNode node = json.get(key);
        return node == null ? null : value(node);
    }

    /**
     * A value with its class, since a number of JSON alone does not tell an Integer from a Long or a decimal's scale.
     */
    private static ObjectNode value(Object value) {
        return NODES.objectNode().put(value.getClass().getSimpleName(), value.toString());
    }

    private static Object value(JsonNode json) {
        String type = json.fieldNames().next();
        String text = text(json, type);
        return switch (type) {
            case "Boolean" -> Boolean.valueOf(text);
            case "Integer" -> Integer.valueOf(text);
            case "Long" -> Long.valueOf(text);
            case "Double" -> Double.valueOf(text);
            case "BigDecimal" -> new BigDecimal(text);
            case "String" -> text;
            default -> throw new IllegalArgumentException("Expected a type of parameter value, but it is " + type);
        };
    }
}
