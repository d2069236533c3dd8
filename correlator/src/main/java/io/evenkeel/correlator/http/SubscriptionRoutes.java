// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.http;

import com.fasterxml.jackson.databind.JsonNode;
import io.evenkeel.correlator.http.Operation.Parameter;
import io.evenkeel.query.json.ExactJson;
import io.evenkeel.tasks.run.ClusterTasks;
import io.evenkeel.tasks.run.Subscriptions;
import io.evenkeel.tasks.run.Subscriptions.Taken;
import io.javalin.http.Context;
import io.javalin.http.Header;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The part of the API by which readers take a subscription, follow it and acknowledge what they have done with it. */
final class SubscriptionRoutes {
    private static final String TASK = "/api/v1/tasks/{name}";

    private final Supplier<ClusterTasks> tasks;
    private final MatchFeed feed;

    SubscriptionRoutes(Supplier<ClusterTasks> tasks, MatchFeed feed) {
        this.tasks = tasks;
        this.feed = feed;
    }

    List<Operation> operations() {
        return List.of(
                Operation.post(
                                TASK + ":take",
                                "takeSubscription",
                                "Become the reader of a subscription. Who read it before is refused from now on.")
                        .answers(200, Shape.TAKEN)
                        .fails(404, 409, 503)
                        .served(context -> write(context, subscriptions().take(name(context)))),
                Operation.get(
                                TASK + "/matches",
                                "followSubscription",
                                "Feed of the matches behind what was acknowledged, or from Last-Event-ID on, for the reader with"
                                        + " this fence. Ends when another one takes it.")
                        .takes(Parameter.FENCE, Parameter.LAST_EVENT_ID)
                        .answers(200, Shape.FEED)
                        .fails(400, 404, 409, 503)
                        .served(this::follow),
                Operation.post(
                                TASK + ":acknowledge",
                                "acknowledgeMatches",
                                "All up to this position need not be told again. A repeat changes nothing.")
                        .takes(Parameter.FENCE, Parameter.POSITION)
                        .answers(204, Shape.NOTHING)
                        .fails(400, 404, 409, 503)
                        .served(this::acknowledge));
    }

    private Subscriptions subscriptions() {
        return tasks.get().subscriptions();
    }

    private void follow(Context context) {
        String name = name(context);
        long fence = fence(context);
        Taken taken = subscriptions().require(name, fence);
        String last = context.header("Last-Event-ID");
        JsonNode settings = taken.task().settings();
        feed.serve(
                context,
                last == null || last.isBlank() ? taken.position().orElse(MatchCursor.OLDEST) : last,
                textOf(settings, "query"),
                textOf(settings, "instance"),
                () -> subscriptions().require(name, fence));
    }

    private void acknowledge(Context context) {
        String position = context.queryParam("position");
        if (position == null || !MatchCursor.isToken(position)) {
            throw new ProblemException(
                    ProblemCode.BAD_REQUEST,
                    "Expected the id of an event of this subscription in ?position=, but it is " + position + ".");
        }
        subscriptions().acknowledge(name(context), fence(context), position);
        context.status(204);
    }

    private static String name(Context context) {
        return context.pathParam("name");
    }

    private static long fence(Context context) {
        String text = context.queryParam("fence");
        try {
            return Long.parseLong(String.valueOf(text));
        } catch (NumberFormatException e) {
            throw new ProblemException(
                    ProblemCode.BAD_REQUEST,
                    "Expected the number that :take answered in ?fence=, but it is " + text + ".");
        }
    }

    private static @Nullable String textOf(JsonNode settings, String name) {
        return settings.hasNonNull(name) ? settings.path(name).asText() : null;
    }

    private static void write(Context context, Taken taken) {
        context.header(Header.CACHE_CONTROL, "no-store")
                .contentType("application/json")
                .result(ExactJson.MAPPER
                        .createObjectNode()
                        .put("task", taken.task().name())
                        .put("fence", taken.fence())
                        .put("position", taken.position().orElse(MatchCursor.OLDEST))
                        .toString());
    }
}
