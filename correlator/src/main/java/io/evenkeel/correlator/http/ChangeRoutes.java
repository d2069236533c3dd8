// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.evenkeel.correlator.catalog.CatalogStore;
import io.evenkeel.correlator.catalog.ChangeOutcome;
import io.evenkeel.correlator.catalog.ChangeRecord;
import io.evenkeel.query.CatalogSnapshot;
import io.evenkeel.query.catalog.CatalogChange;
import io.javalin.http.Context;
import java.util.ArrayList;
import java.util.List;

/** The part of the API that is about changes: many at once, and what became of them. */
final class ChangeRoutes {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final CatalogStore store;

    ChangeRoutes(CatalogStore store) {
        this.store = store;
    }

    List<Operation> operations() {
        return List.of(
                Operation.post(
                                "/api/v1/changes",
                                "change",
                                "Put and delete several definitions: all at one revision, or none. When it answers, every"
                                        + " live node runs them.")
                        .body(Shape.CHANGES)
                        .answers(200, Shape.CHANGE)
                        .fails(404)
                        .change()
                        .served(this::change),
                Operation.get(
                                "/api/v1/changes/{id}",
                                "readChange",
                                "What became of a change, on any node. 404: it was never started, or ended more than a day"
                                        + " ago.")
                        .answers(200, Shape.CHANGE)
                        .fails(404, 503)
                        .served(this::read));
    }

    private void change(Context context) throws JsonProcessingException {
        List<ChangeStepBody> steps = ChangeStepBody.read(context);
        ChangeOutcome outcome = store.change(ChangeHeaders.request(context, base -> {
            List<CatalogChange> changes = new ArrayList<>();
            steps.forEach(step -> changes.addAll(step.on(base)));
            return changes.stream().distinct().toList();
        }));
        ChangeHeaders.tell(context, outcome);
        json(context, ChangeView.of(outcome.record(), etags(steps, outcome.catalog())));
    }

    private static List<ChangeView.Etag> etags(List<ChangeStepBody> steps, CatalogSnapshot catalog) {
        return steps.stream()
                .map(ChangeStepBody::resource)
                .filter(resource -> resource.find(catalog) != null)
                .map(resource -> new ChangeView.Etag(resource.title(), resource.etag(catalog)))
                .toList();
    }

    private void read(Context context) throws JsonProcessingException {
        String id = context.pathParam("id");
        ChangeRecord record = store.findChange(id)
                .orElseThrow(() -> new ProblemException(
                        ProblemCode.NOT_FOUND,
                        "Expected a change with this id, but none was started, or it ended more than a day ago."));
        json(context, ChangeView.of(record, List.of()));
    }

    private static void json(Context context, ChangeView view) throws JsonProcessingException {
        JsonNode tree = JSON.valueToTree(view);
        context.contentType("application/json").result(JSON.writeValueAsBytes(tree));
    }
}
