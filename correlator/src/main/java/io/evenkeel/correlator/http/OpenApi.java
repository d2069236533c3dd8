// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.http;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Writes the OpenAPI document of a list of operations. */
final class OpenApi {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
    private static final Pattern PATH_PARAMETER = Pattern.compile("\\{(\\w+)}");

    private OpenApi() {}

    static ObjectNode of(List<Operation> operations) {
        ObjectNode document = NODES.objectNode().put("openapi", "3.0.3");
        document.putObject("info")
                .put("title", "Evenkeel")
                .put("version", "1")
                .put(
                        "description",
                        "The API that every node serves. Definitions are documents in JSON or YAML, by content type on the"
                                + " way in and by Accept on the way out. Failures are problem documents (RFC 9457).");
        ObjectNode paths = document.putObject("paths");
        for (Operation operation : operations) {
            ObjectNode path = paths.withObjectProperty(operation.path());
            path.set(operation.method().name().toLowerCase(Locale.ROOT), describe(operation));
        }
        ObjectNode schemas = document.putObject("components").putObject("schemas");
        for (Shape shape : Shape.values()) {
            if (shape.contentTypes().length > 0) {
                schemas.set(nameOf(shape), Schemas.of(shape));
            }
        }
        return document;
    }

    private static ObjectNode describe(Operation operation) {
        ObjectNode described =
                NODES.objectNode().put("operationId", operation.id()).put("summary", operation.summary());
        ArrayNode parameters = described.putArray("parameters");
        Matcher names = PATH_PARAMETER.matcher(operation.path());
        while (names.find()) {
            parameter(parameters, names.group(1), "path", "string").put("required", true);
        }
        for (Operation.Parameter one : operation.parameters()) {
            parameter(parameters, one.text(), one.header() ? "header" : "query", one.type())
                    .put("description", one.description());
        }
        Shape body = operation.body();
        if (body != null) {
            ObjectNode request = described.putObject("requestBody").put("required", true);
            content(request, body);
        }
        ObjectNode responses = described.putObject("responses");
        operation.answers().forEach((status, shape) -> {
            ObjectNode response = responses.putObject(Integer.toString(status)).put("description", shape.description());
            content(response, shape);
            if (status == 503 && shape == Shape.PROBLEM) {
                header(response, "Retry-After", "integer");
            }
            if (status < 300 && (shape == Shape.DOCUMENT || shape == Shape.DEFINITIONS)) {
                header(response, "ETag", "string");
            }
            if (status < 300 && operation.parameters().contains(Operation.Parameter.IDEMPOTENCY_KEY)) {
                header(response, ChangeHeaders.CHANGE, "string");
                header(response, ChangeHeaders.REVISION, "integer");
            }
        });
        return described;
    }

    private static ObjectNode parameter(ArrayNode parameters, String name, String in, String type) {
        ObjectNode parameter = parameters.addObject().put("name", name).put("in", in);
        parameter.putObject("schema").put("type", type);
        return parameter;
    }

    private static void content(ObjectNode message, Shape shape) {
        for (String type : shape.contentTypes()) {
            message.withObjectProperty("content")
                    .putObject(type)
                    .putObject("schema")
                    .put("$ref", "#/components/schemas/" + nameOf(shape));
        }
    }

    private static void header(ObjectNode response, String name, String type) {
        response.withObjectProperty("headers")
                .putObject(name)
                .putObject("schema")
                .put("type", type);
    }

    private static String nameOf(Shape shape) {
        return shape.name().charAt(0) + shape.name().substring(1).toLowerCase(Locale.ROOT);
    }
}
