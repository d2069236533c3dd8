// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.evenkeel.correlator.catalog.NodeOutcome;

/** The JSON schemas of what the API reads and writes. Those of records follow from the records. */
final class Schemas {
    private static final JsonMapper JSON = new JsonMapper();

    private Schemas() {}

    static ObjectNode of(Shape shape) {
        ObjectNode schema = switch (shape) {
            case DOCUMENT, CONTRACT, NOTHING -> parse("{'type': 'object'}");
            case DOCUMENTS -> parse("{'type': 'object', 'additionalProperties': true}");
            case DEFINITIONS -> parse("""
                                {'type': 'array', 'items': {'type': 'object',
                                 'required': ['version', 'revision', 'etag', 'definition'], 'properties': {
                                 'version': {'type': 'integer'}, 'revision': {'type': 'integer'},
                                 'etag': {'type': 'string'}, 'definition': {'$ref': '#/components/schemas/Document'}}}}
                                """);
            case CHANGES -> parse("""
                                {'type': 'object', 'required': ['changes'], 'properties': {'changes': {'type': 'array',
                                 'minItems': 1, 'items': {'type': 'object', 'properties': {
                                 'put': {'$ref': '#/components/schemas/Document'},
                                 'delete': {'type': 'object', 'properties': {'event': {'type': 'string'},
                                  'query': {'type': 'string'}, 'instance': {'type': 'string'}}},
                                 'ifMatch': {'type': 'string'}, 'ifNoneMatch': {'type': 'string'},
                                 'cascade': {'type': 'boolean'}}}}}}
                                """);
            case CHANGE -> RecordSchema.of(ChangeView.class);
            case CHECKED -> parse("""
                                {'type': 'object', 'required': ['checked'],
                                 'properties': {'checked': {'type': 'array', 'items': {'type': 'string'}}}}
                                """);
            case TROUBLES -> {
                ObjectNode list = parse("{'type': 'array'}");
                list.set("items", RecordSchema.of(InstanceTrouble.class));
                yield list;
            }
            case TASK -> parse("""
                                {'type': 'object', 'required': ['task', 'kind', 'settings'], 'properties': {
                                 'task': {'type': 'string'}, 'kind': {'type': 'string'}, 'run': {},
                                 'labels': {'type': 'array', 'items': {'type': 'string'}},
                                 'failover': {'type': 'boolean'}, 'settings': {'type': 'object'},
                                 'pin': {'type': 'string', 'nullable': true}, 'paused': {'type': 'boolean'},
                                 'etag': {'type': 'string'}, 'slots': {'type': 'array', 'items': {'type': 'object'}}}}
                                """);
            case JOB -> parse("""
                                {'type': 'object', 'required': ['job', 'settings'], 'properties': {
                                 'id': {'type': 'string'}, 'job': {'type': 'string'}, 'settings': {'type': 'object'},
                                 'key': {'type': 'array', 'items': {'type': 'string'}},
                                 'attempts': {'type': 'integer'}, 'state': {'type': 'string'},
                                 'node': {'type': 'string', 'nullable': true}, 'attempt': {'type': 'integer'},
                                 'failures': {'type': 'integer'}, 'fence': {'type': 'integer'},
                                 'done': {'type': 'integer'}, 'total': {'type': 'integer'},
                                 'failure': {'type': 'string', 'nullable': true}, 'checkpoint': {}}}
                                """);
            case TAKEN -> parse("""
                                {'type': 'object', 'required': ['task', 'fence', 'position'], 'properties': {
                                 'task': {'type': 'string'}, 'fence': {'type': 'integer'},
                                 'position': {'type': 'string'}}}
                                """);
            case TASKS -> parse("{'type': 'array', 'items': {'$ref': '#/components/schemas/Task'}}");
            case JOBS -> parse("{'type': 'array', 'items': {'$ref': '#/components/schemas/Job'}}");
            case CLUSTER -> RecordSchema.of(ClusterStatus.class);
            case HEALTH -> parse("""
                                {'type': 'object', 'required': ['status'], 'properties': {'status': {'type': 'string'},
                                 'reasons': {'type': 'array', 'items': {'type': 'string'}}}}
                                """);
            case FEED, METRICS, RESULT -> parse("{'type': 'string'}");
            case PROBLEM -> problem();
        };
        return schema.put("description", shape.description());
    }

    private static ObjectNode problem() {
        ObjectNode problem = parse("""
                {'type': 'object', 'required': ['type', 'title', 'status', 'detail', 'instance', 'code'], 'properties': {
                 'type': {'type': 'string'}, 'title': {'type': 'string'}, 'status': {'type': 'integer'},
                 'detail': {'type': 'string'}, 'instance': {'type': 'string'},
                 'code': {'type': 'string'},
                 'change': {'type': 'string', 'description': 'The change whose outcome may be asked for.'},
                 'faults': {'type': 'array', 'items': {'type': 'object', 'properties': {
                  'field': {'type': 'string'}, 'line': {'type': 'integer'}, 'message': {'type': 'string'}}}}}}
                """);
        ArrayNode codes = problem.withObject("/properties/code").putArray("enum");
        for (ProblemCode code : ProblemCode.values()) {
            codes.add(code.name());
        }
        ObjectNode nodes = problem.withObject("/properties/nodes").put("type", "array");
        nodes.set("items", RecordSchema.of(NodeOutcome.class));
        return problem;
    }

    private static ObjectNode parse(String json) {
        try {
            return (ObjectNode) JSON.readTree(json.replace('\'', '"'));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("These schemas are written correctly, or no test ran", e);
        }
    }
}
