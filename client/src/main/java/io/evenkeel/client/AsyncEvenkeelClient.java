// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.client;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A cluster's HTTP API, without blocking. For any thread.
 *
 * <p>A future fails with an {@link EvenkeelException}. What is done next in it runs on a thread of the client's: do not block
 * there. A call that is cancelled is not repeated any more; whether a node has heard it already is not known.
 */
public final class AsyncEvenkeelClient {
    private static final int PAGE = 1_000;
    private static final Pattern NEXT = Pattern.compile("<([^>]*)>; rel=\"next\"");

    private final NodeCalls calls;
    private final boolean latest;

    AsyncEvenkeelClient(NodeCalls calls, boolean latest) {
        this.calls = calls;
        this.latest = latest;
    }

    /**
     * The same client, reading what is in force in the cluster: not older than any answer that anybody has got. Else reads
     * are of what the asked node runs, which is quicker, works in a minority too, and is the same but while a change is
     * just being applied.
     */
    public AsyncEvenkeelClient latest() {
        return new AsyncEvenkeelClient(calls, true);
    }

    NodeCalls calls() {
        return calls;
    }

    // ---- definitions

    /** A definition; empty if it does not exist. */
    public CompletableFuture<Optional<Definition>> read(DefinitionId id) {
        return orEmpty(calls.send(Call.read(id.path(), latest))
                .thenApply(answer -> new Definition(id, answer.json(), answer.header("ETag"))));
    }

    /** All event types, in the order of their names. */
    public CompletableFuture<List<ListedDefinition>> eventTypes() {
        return list("/api/v1/events", document -> DefinitionId.event(text(document, "event")));
    }

    /** All queries, in the order of their names. */
    public CompletableFuture<List<ListedDefinition>> queries() {
        return list("/api/v1/queries", document -> DefinitionId.query(text(document, "query")));
    }

    /** All instances of a query, in the order of their names. Fails with {@link NotFoundException} without the query. */
    public CompletableFuture<List<ListedDefinition>> instances(String query) {
        return list(
                DefinitionId.query(query).path() + "/instances",
                document -> DefinitionId.instance(query, text(document, "instance")));
    }

    /** Create or replace. @param document in YAML or JSON; it names the same definition as the id */
    public CompletableFuture<Done> put(DefinitionId id, String document, ChangeOptions options) {
        return calls.send(Call.change("PUT", id.path(), document, Call.YAML, options))
                .thenApply(Done::of);
    }

    /** Delete. Fails with {@link NotFoundException}, or {@link ConflictException} if something uses it. */
    public CompletableFuture<Done> delete(DefinitionId id, ChangeOptions options) {
        String path = options.cascade() ? id.path() + "?cascade=true" : id.path();
        return calls.send(Call.change("DELETE", path, null, "", options)).thenApply(Done::of);
    }

    /** All steps at one revision, or none. @param options of these only the key counts; each step has its own conditions */
    public CompletableFuture<Change> change(ChangeSteps steps, ChangeOptions options) {
        return calls.send(Call.change("POST", "/api/v1/changes", steps.body(), Call.JSON, options))
                .thenApply(answer -> answer.as(Change.class));
    }

    /** What became of a change; empty: never begun, or ended more than a day ago. */
    public CompletableFuture<Optional<Change>> readChange(String id) {
        return orEmpty(calls.send(Call.read("/api/v1/changes/" + DefinitionId.segment(id), false))
                .thenApply(answer -> answer.as(Change.class)));
    }

    /** Check and compile; nothing changes. @param documents in YAML or JSON @return what was checked */
    public CompletableFuture<List<String>> check(String documents) {
        return calls.send(Call.check(documents)).thenApply(answer -> {
            List<String> checked = new ArrayList<>();
            answer.json().path("checked").forEach(title -> checked.add(title.asText()));
            return checked;
        });
    }

    // ---- the cluster, and instances that threw

    public CompletableFuture<ClusterStatus> cluster() {
        return calls.send(Call.read("/api/v1/cluster", false)).thenApply(answer -> answer.as(ClusterStatus.class));
    }

    /** What an instance threw, by shard and key. */
    public CompletableFuture<List<InstanceTrouble>> errors(String query, String instance) {
        return calls.send(Call.read(errorsPath(query, instance), false))
                .thenApply(answer -> answer.asListOf(InstanceTrouble.class));
    }

    /**
     * Show an instance the events again that it threw at. An order has no key: if the answer is lost after it was sent, it
     * is not repeated, and the future fails with {@link UnreachableException}.
     *
     * @param key null: for all keys
     * @return what is concerned; obeyed soon after
     */
    public CompletableFuture<List<InstanceTrouble>> retryErrors(String query, String instance, @Nullable String key) {
        return order(query, instance, key, "retry");
    }

    /** Leave those events out for good, and end the quarantine. As {@link #retryErrors} otherwise. */
    public CompletableFuture<List<InstanceTrouble>> skipErrors(String query, String instance, @Nullable String key) {
        return order(query, instance, key, "skip");
    }

    // ---- feeds

    /**
     * The feed of the catalog. It opens at once and looks for a node by itself.
     *
     * @param lastEventId {@link Feed#lastEventId} of an earlier feed, to go on there; empty: begin with all that there is
     */
    public Feed<CatalogNews> followCatalog(String lastEventId) {
        return new Feed<>(calls, "/api/v1/changes", lastEventId, CatalogNews.reader());
    }

    /**
     * The feed of matches; it takes none from the queues. It opens at once and looks for a node by itself. A match may be told
     * shortly before it can be read from its queue.
     *
     * @param query       null: of all queries
     * @param instance    null: of instances with any name
     * @param lastEventId {@link Feed#lastEventId} of an earlier feed, to go on there; {@link MatchNews#OLDEST}; empty: from now
     *                    on, that is since a node has taken the request
     */
    public Feed<MatchNews> followMatches(@Nullable String query, @Nullable String instance, String lastEventId) {
        String filter = Stream.of(filter("query", query), filter("instance", instance))
                .filter(part -> !part.isEmpty())
                .collect(Collectors.joining("&", "?", ""));
        return new Feed<>(
                calls, "/api/v1/matches" + (filter.length() > 1 ? filter : ""), lastEventId, MatchNews.reader());
    }

    private static String filter(String name, @Nullable String value) {
        return value == null ? "" : name + "=" + DefinitionId.segment(value);
    }

    private CompletableFuture<List<InstanceTrouble>> order(
            String query, String instance, @Nullable String key, String order) {
        String path = errorsPath(query, instance) + ":" + order;
        return calls.send(Call.order(key == null ? path : path + "?key=" + DefinitionId.segment(key)))
                .thenApply(answer -> answer.asListOf(InstanceTrouble.class));
    }

    private static String errorsPath(String query, String instance) {
        return DefinitionId.instance(query, instance).path() + "/errors";
    }

    private CompletableFuture<List<ListedDefinition>> list(String path, Function<JsonNode, DefinitionId> id) {
        return page(path + "?limit=" + PAGE, id, new ArrayList<>());
    }

    private CompletableFuture<List<ListedDefinition>> page(
            String path, Function<JsonNode, DefinitionId> id, List<ListedDefinition> all) {
        return calls.send(Call.read(path, latest)).thenCompose(answer -> {
            for (JsonNode row : answer.json()) {
                JsonNode document = row.path("definition");
                all.add(new ListedDefinition(
                        new Definition(id.apply(document), document, text(row, "etag")),
                        row.path("version").asLong(),
                        row.path("revision").asLong()));
            }
            Matcher next = NEXT.matcher(answer.header("Link"));
            return next.find() ? page(next.group(1), id, all) : CompletableFuture.completedFuture(List.copyOf(all));
        });
    }

    private static String text(JsonNode node, String field) {
        return node.path(field).asText();
    }

    private static <T> CompletableFuture<Optional<T>> orEmpty(CompletableFuture<T> read) {
        return read.handle((value, failure) -> {
            if (failure == null) {
                return Optional.of(value);
            }
            Throwable cause = failure instanceof CompletionException e && e.getCause() != null ? e.getCause() : failure;
            if (cause instanceof NotFoundException) {
                return Optional.empty();
            }
            throw new CompletionException(cause);
        });
    }
}
