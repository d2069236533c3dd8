// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.http;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import org.jspecify.annotations.Nullable;

/** The JSON schema of a record as Jackson writes it: of numbers, texts, enums, lists and records. */
final class RecordSchema {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private RecordSchema() {}

    static ObjectNode of(Class<? extends Record> type) {
        ObjectNode schema = NODES.objectNode().put("type", "object");
        ArrayNode required = NODES.arrayNode();
        ObjectNode properties = schema.putObject("properties");
        for (RecordComponent component : type.getRecordComponents()) {
            ObjectNode property = of(component.getGenericType());
            if (isNullable(component.getAnnotatedType())) {
                property.put("nullable", true);
            }
            properties.set(component.getName(), property);
            required.add(component.getName());
        }
        schema.set("required", required);
        return schema;
    }

    private static boolean isNullable(AnnotatedType type) {
        return type.isAnnotationPresent(Nullable.class);
    }

    private static ObjectNode of(Type type) {
        ObjectNode schema = NODES.objectNode();
        if (type instanceof ParameterizedType list) {
            schema.put("type", "array");
            schema.set("items", of(list.getActualTypeArguments()[0]));
            return schema;
        }
        Class<?> plain = (Class<?>) type;
        if (plain.isRecord()) {
            return of(plain.asSubclass(Record.class));
        }
        if (plain.isEnum()) {
            schema.put("type", "string");
            ArrayNode values = schema.putArray("enum");
            for (Object constant : plain.getEnumConstants()) {
                values.add(((Enum<?>) constant).name());
            }
            return schema;
        }
        if (plain == boolean.class) {
            return schema.put("type", "boolean");
        }
        if (plain == int.class || plain == long.class || plain == Long.class) {
            return schema.put("type", "integer").put("format", plain == int.class ? "int32" : "int64");
        }
        if (plain == String.class) {
            return schema.put("type", "string");
        }
        throw new IllegalArgumentException("Expected a type that the API writes, but it is " + type);
    }
}
