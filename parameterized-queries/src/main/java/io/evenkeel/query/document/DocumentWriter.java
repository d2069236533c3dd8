// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.query.document;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.DecimalNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import io.evenkeel.query.Durations;
import io.evenkeel.query.ErrorPolicy;
import io.evenkeel.query.EventType;
import io.evenkeel.query.Parameter;
import io.evenkeel.query.ParameterType;
import io.evenkeel.query.QueryDefinition;
import io.evenkeel.query.QueryInput;
import io.evenkeel.query.QueryInput.SourceTime;
import io.evenkeel.query.QueryInstance;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes definitions as the documents that {@link DocumentReader} reads, as JSON trees or as YAML. Any thread. */
public final class DocumentWriter {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
    private static final ObjectMapper YAML = new ObjectMapper(YAMLFactory.builder()
            .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
            .disable(YAMLGenerator.Feature.SPLIT_LINES)
            .enable(YAMLGenerator.Feature.LITERAL_BLOCK_STYLE)
            .enable(StreamWriteFeature.WRITE_BIGDECIMAL_AS_PLAIN)
            .build());

    private DocumentWriter() {}

    /** An event type as a JSON object. */
    public static ObjectNode json(EventType type) {
        ObjectNode json = NODES.objectNode().put("event", type.name());
        describe(json, type.description());
        ObjectNode fields = json.putObject("fields");
        type.fields().forEach(field -> fields.put(field.name(), field.type().text()));
        return json;
    }

    /** A query as a JSON object. */
    public static ObjectNode json(QueryDefinition query) {
        ObjectNode json = NODES.objectNode().put("query", query.name());
        describe(json, query.description());
        if (!query.parameters().isEmpty()) {
            ObjectNode parameters = json.putObject("parameters");
            query.parameters().forEach(parameter -> parameters.set(parameter.name(), parameter(parameter)));
        }
        ArrayNode inputs = json.putArray("inputs");
        query.inputs().forEach(input -> inputs.add(input(input)));
        json.put("epl", query.epl());
        json.putObject("output")
                .put("event", query.output().event())
                .put("to", query.output().destination());
        if (!query.errors().equals(ErrorPolicy.DEFAULT)) {
            ObjectNode errors =
                    json.putObject("errors").put("limit", query.errors().limit());
            Duration budget = query.errors().budget();
            if (budget != null) {
                errors.put("budget", Durations.format(budget));
            }
        }
        return json;
    }

    /** An instance of a query as a JSON object, with the values of all parameters, defaults included. */
    public static ObjectNode json(QueryDefinition query, QueryInstance instance) {
        ObjectNode json = NODES.objectNode()
                .put("query", instance.id().query())
                .put("instance", instance.id().name());
        if (!instance.values().isEmpty()) {
            ObjectNode parameters = json.putObject("parameters");
            for (Map.Entry<String, Object> value :
                    ParameterValues.raw(query, instance).entrySet()) {
                parameters.set(value.getKey(), scalar(value.getValue()));
            }
        }
        return json;
    }

    /** An event type as YAML. */
    public static String yaml(EventType type) {
        return yaml(json(type));
    }

    /** A query as YAML. */
    public static String yaml(QueryDefinition query) {
        return yaml(json(query));
    }

    /** An instance as YAML. */
    public static String yaml(QueryDefinition query, QueryInstance instance) {
        return yaml(json(query, instance));
    }

    private static String yaml(ObjectNode json) {
        try {
            return YAML.writeValueAsString(json);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("Expected to write a tree as YAML, but that failed", e);
        }
    }

    private static ObjectNode parameter(Parameter parameter) {
        ParameterType type = parameter.type();
        boolean enumeration =
                type == ParameterType.STRING && !parameter.allowed().isEmpty();
        ObjectNode json = NODES.objectNode().put("type", enumeration ? "enum" : type.text());
        if (!parameter.allowed().isEmpty()) {
            ArrayNode allowed = json.putArray(enumeration ? "values" : "allowed");
            parameter.allowed().forEach(value -> allowed.add(scalar(RawValues.raw(type, value))));
        }
        put(json, "default", type, parameter.defaultValue());
        put(json, "minimum", type, parameter.minimum());
        put(json, "maximum", type, parameter.maximum());
        describe(json, parameter.description());
        if (!parameter.unit().isEmpty()) {
            json.put("unit", parameter.unit());
        }
        return json;
    }

    private static ObjectNode input(QueryInput input) {
        ObjectNode json = NODES.objectNode().put("event", input.event());
        if (!input.key().equals(input.keyNames())) {
            ObjectNode key = json.putObject("key");
            for (int i = 0; i < input.key().size(); i++) {
                key.put(input.keyNames().get(i), input.key().get(i));
            }
        } else if (!input.key().isEmpty()) {
            putAll(json.putArray("key"), input.key());
        }
        if (!input.filter().isEmpty()) {
            json.put("filter", input.filter());
        }
        if (input.within() != null) {
            json.put("within", Durations.format(input.within()));
        }
        if (input.retain() != null) {
            json.put("retain", input.retain());
        }
        if (!input.unique().isEmpty()) {
            putAll(json.putArray("unique"), input.unique());
        }
        if (input.time() != null) {
            time(json, input.time());
        }
        return json;
    }

    private static void time(ObjectNode json, SourceTime time) {
        json.put("timeFrom", time.field());
        if (!time.waitFor().isZero()) {
            json.put("wait", Durations.format(time.waitFor()));
        }
        if (!time.idle().equals(SourceTime.DEFAULT_IDLE)) {
            json.put("idle", Durations.format(time.idle()));
        }
        if (time.heartbeat() != null) {
            json.put("heartbeat", time.heartbeat());
        }
    }

    private static void putAll(ArrayNode array, List<String> texts) {
        texts.forEach(array::add);
    }

    private static void describe(ObjectNode json, String description) {
        if (!description.isEmpty()) {
            json.put("description", description);
        }
    }

    private static void put(ObjectNode json, String key, ParameterType type, @Nullable Object value) {
        if (value != null) {
            json.set(key, scalar(RawValues.raw(type, value)));
        }
    }

    private static JsonNode scalar(Object value) {
        if (value instanceof Boolean flag) {
            return NODES.booleanNode(flag);
        }
        if (value instanceof Integer number) {
            return NODES.numberNode(number);
        }
        if (value instanceof Long number) {
            return NODES.numberNode(number);
        }
        if (value instanceof Double number) {
            return NODES.numberNode(number);
        }
        return value instanceof BigDecimal number ? DecimalNode.valueOf(number) : NODES.textNode(value.toString());
    }
}
