// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.JsonMetaSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.NonValidationKeyword;
import com.networknt.schema.SpecVersion;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Locale;

/**
 * The OpenAPI document of a running server, to hold its answers to.
 *
 * @param document as it was served
 */
record Contract(JsonNode document) {
    private static final ObjectMapper JSON = new ObjectMapper();
    /** Schemas of OpenAPI 3.0 are of this draft, with little beside; what they refer to stands in the document. */
    private static final JsonSchemaFactory SCHEMAS = JsonSchemaFactory.builder(
                    JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V4))
            .metaSchema(JsonMetaSchema.builder(JsonMetaSchema.getV4())
                    .keyword(new NonValidationKeyword("components"))
                    .build())
            .build();

    static Contract of(ApiServer server, HttpClient client) throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(URI.create(server.url() + "/openapi.json"))
                .timeout(Duration.ofSeconds(20));
        return new Contract(JSON.readTree(
                client.send(request.build(), BodyHandlers.ofString()).body()));
    }

    /** Its status and its content type are declared, and if that is JSON, its body is as the schema says. */
    void requireDeclared(String method, String path, HttpResponse<String> answer) throws JsonProcessingException {
        String status = Integer.toString(answer.statusCode());
        for (var declared : document.path("paths").properties()) {
            String pattern = declared.getKey().replaceAll("\\{\\w+}", "[^/]+");
            JsonNode operation = declared.getValue().path(method.toLowerCase(Locale.ROOT));
            if (path.replaceAll("\\?.*", "").matches(pattern) && !operation.isMissingNode()) {
                assertThat(operation.path("responses").has(status))
                        .as("%s %s may answer %s", method, declared.getKey(), status)
                        .isTrue();
                if (!answer.body().isEmpty()) {
                    requireShape(method + " " + declared.getKey(), operation.at("/responses/" + status), answer);
                }
            }
        }
    }

    private void requireShape(String what, JsonNode declared, HttpResponse<String> answer)
            throws JsonProcessingException {
        String type = answer.headers().firstValue("Content-Type").orElse("").replaceAll(";.*", "");
        JsonNode schema = declared.path("content").path(type).path("schema");
        assertThat(schema.isObject())
                .as("%s may answer with %s: %s", what, type, declared)
                .isTrue();
        if (type.endsWith("json")) {
            ObjectNode whole = schema.deepCopy();
            whole.set("components", document.path("components"));
            assertThat(SCHEMAS.getSchema(whole).validate(JSON.readTree(answer.body())))
                    .as("%s answered %s", what, answer.body())
                    .isEmpty();
        }
    }
}
