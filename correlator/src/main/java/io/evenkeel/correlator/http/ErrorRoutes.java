// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.evenkeel.correlator.catalog.CatalogStore;
import io.javalin.http.Context;
import java.util.List;

/** The part of the API that is about instances that threw: what they threw, and what is to become of them. */
final class ErrorRoutes {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String ERRORS = "/api/v1/queries/{name}/instances/{id}/errors";

    private final CatalogStore catalog;
    private final ClusterView cluster;

    ErrorRoutes(CatalogStore catalog, ClusterView cluster) {
        this.catalog = catalog;
        this.cluster = cluster;
    }

    List<Operation> operations() {
        return List.of(
                Operation.get(ERRORS, "listErrors", "What the instance threw, by shard and key.")
                        .answers(200, Shape.TROUBLES)
                        .fails(404, 503)
                        .served(this::list),
                Operation.post(
                                ERRORS + ":retry",
                                "retryErrors",
                                "Show the instance the events again that it threw at. Obeyed soon after the answer.")
                        .takes(Operation.Parameter.KEY)
                        .answers(202, Shape.TROUBLES)
                        .fails(404, 503)
                        .served(context -> order(context, "RETRY")),
                Operation.post(
                                ERRORS + ":skip",
                                "skipErrors",
                                "Leave the events out for good, and end the quarantine. Obeyed soon after the answer.")
                        .takes(Operation.Parameter.KEY)
                        .answers(202, Shape.TROUBLES)
                        .fails(404, 503)
                        .served(context -> order(context, "SKIP")));
    }

    private void list(Context context) throws JsonProcessingException {
        answer(context, troubles(context));
    }

    /** For the key of the query string, or for all keys for which the instance threw. */
    private void order(Context context, String order) throws JsonProcessingException {
        String key = context.queryParam("key");
        List<InstanceTrouble> concerned = troubles(context).stream()
                .filter(trouble -> key == null || trouble.key().equals(key))
                .toList();
        if (concerned.isEmpty()) {
            throw new ProblemException(
                    ProblemCode.NOT_FOUND,
                    "Expected errors of " + context.pathParam("name") + "/" + context.pathParam("id")
                            + (key == null ? "" : " for key " + key) + ", but there are none.");
        }
        for (InstanceTrouble trouble : concerned) {
            cluster.order(trouble.shard(), context.pathParam("name"), context.pathParam("id"), trouble.key(), order);
        }
        context.status(202);
        answer(context, concerned);
    }

    private List<InstanceTrouble> troubles(Context context) {
        String query = context.pathParam("name");
        if (!catalog.current().queries().containsKey(query)) {
            throw new ProblemException(
                    ProblemCode.NOT_FOUND, "Expected query " + query + " to exist, but it does not.");
        }
        return cluster.troubles(query, context.pathParam("id"));
    }

    private static void answer(Context context, List<InstanceTrouble> troubles) throws JsonProcessingException {
        context.contentType("application/json").result(JSON.writeValueAsBytes(troubles));
    }
}
