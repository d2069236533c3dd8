// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.http;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import io.evenkeel.query.document.Document;
import io.evenkeel.query.document.DocumentReader;
import io.javalin.http.Context;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Reads the definitions in the body of a request, JSON or YAML by its content type. */
final class DocumentBody {
    private static final JsonFactory JSON = new JsonFactory();
    /** A field may be named no: as in documents, only true and false are truths. */
    private static final YAMLFactory YAML = YAMLFactory.builder()
            .enable(YAMLParser.Feature.PARSE_BOOLEAN_LIKE_WORDS_AS_STRINGS)
            .build();

    private DocumentBody() {}

    /** The only definition. @param name of what is put, for messages */
    static Document readOne(Context context, String name) {
        return DocumentReader.readOne(name, text(context));
    }

    static List<Document> read(Context context, String name) {
        return DocumentReader.read(name, text(context));
    }

    /** The body as a tree, with every value as it stands there. @param name of what it is, for messages */
    static JsonNode tree(Context context, String name) {
        return DocumentReader.tree(name, text(context));
    }

    private static String text(Context context) {
        JsonFactory format = format(context.contentType());
        String text = decode(context.bodyAsBytes());
        if (text.isBlank()) {
            throw new ProblemException(ProblemCode.UNREADABLE, "Expected a definition, but the body is empty.");
        }
        // A document that is no JSON or YAML at all is the request's fault (400), not the definition's (422).
        try (JsonParser parser = format.createParser(text)) {
            while (parser.nextToken() != null) {
                parser.skipChildren();
            }
        } catch (JsonProcessingException e) {
            String problem =
                    String.valueOf(e.getOriginalMessage()).lines().findFirst().orElse("");
            int line = e.getLocation() == null ? 0 : e.getLocation().getLineNr();
            throw new ProblemException(
                    ProblemCode.UNREADABLE,
                    "Expected " + format.getFormatName() + ", but in line " + line + ": " + problem);
        } catch (IOException e) {
            throw new IllegalStateException("Expected to read from memory, but that failed", e);
        }
        return text;
    }

    private static JsonFactory format(@Nullable String contentType) {
        String type = contentType == null
                ? "none"
                : contentType.toLowerCase(Locale.ROOT).replaceAll(";.*", "").strip();
        if (type.equals("application/json") || type.endsWith("+json")) {
            return JSON;
        }
        if (type.equals("application/yaml")
                || type.endsWith("+yaml")
                || type.endsWith("/x-yaml")
                || type.equals("text/yaml")) {
            return YAML;
        }
        throw new ProblemException(
                ProblemCode.UNSUPPORTED_MEDIA_TYPE,
                "Expected content type application/json or application/yaml, but it is " + type + ".");
    }

    private static String decode(byte[] body) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(body))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new ProblemException(ProblemCode.UNREADABLE, "Expected UTF-8, but the body is not.");
        }
    }
}
