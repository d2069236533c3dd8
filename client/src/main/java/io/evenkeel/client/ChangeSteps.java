// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.client;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** Puts and deletions that come into force together or not at all. For one thread. */
public final class ChangeSteps {
    private final ArrayNode steps = JsonNodeFactory.instance.arrayNode();

    /** @param document a definition, which names itself */
    public ChangeSteps put(JsonNode document) {
        return put(document, ChangeOptions.NONE);
    }

    /** @param document a definition in JSON */
    public ChangeSteps put(String document) {
        try {
            return put(Answer.JSON.readTree(document));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("Expected a definition in JSON, but: " + e.getOriginalMessage(), e);
        }
    }

    public ChangeSteps put(JsonNode document, ChangeOptions options) {
        requireNonNull(document, "document");
        conditions(options).set("put", document);
        return this;
    }

    public ChangeSteps delete(DefinitionId id) {
        return delete(id, ChangeOptions.NONE);
    }

    public ChangeSteps delete(DefinitionId id, ChangeOptions options) {
        conditions(options).set("delete", id.json());
        return this;
    }

    public int size() {
        return steps.size();
    }

    String body() {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        body.set("changes", steps);
        return body.toString();
    }

    private ObjectNode conditions(ChangeOptions options) {
        if (options.changeKey() != null) {
            throw new IllegalArgumentException("Expected the key with the whole change, but one of its steps has one");
        }
        ObjectNode step = steps.addObject();
        if (options.ifMatch() != null) {
            step.put("ifMatch", options.ifMatch());
        }
        if (options.create()) {
            step.put("ifNoneMatch", "*");
        }
        if (options.cascade()) {
            step.put("cascade", true);
        }
        return step;
    }
}
