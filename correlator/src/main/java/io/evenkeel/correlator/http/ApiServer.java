// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.http;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.evenkeel.correlator.catalog.CatalogStore;
import io.evenkeel.correlator.config.NodeConfiguration.Http;
import io.evenkeel.tasks.run.ClusterTasks;
import io.javalin.Javalin;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import io.javalin.http.Header;
import io.javalin.router.Endpoint;
import io.javalin.util.JavalinBindException;
import java.util.List;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/**
 * Serves the HTTP API of a node. Start and close are called once each, by one thread.
 *
 * <p>It can be started before the node has joined: until the ports answer otherwise, it is live and not ready.
 */
public final class ApiServer implements AutoCloseable {
    static final long LARGEST_BODY = 1_000_000;
    /** Each waits for its change until that is decided, and those that wait are decided together. */
    private static final int MOST_THREADS = 400;

    private static final int LEAST_THREADS = 8;

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Http address;
    private final ChangeFeed feed;
    private final MatchFeed matchFeed;
    private final List<Operation> operations;
    private final Javalin javalin;
    private final ClusterView cluster;
    private final Supplier<String> metrics;

    /** Without tasks. @param metrics as below */
    public ApiServer(
            Http address, CatalogStore catalog, ClusterView cluster, MatchHistory matches, Supplier<String> metrics) {
        this(
                address,
                catalog,
                cluster,
                matches,
                () -> {
                    throw new ProblemException(ProblemCode.NOT_FOUND, "Expected tasks, but this server has none.");
                },
                metrics);
    }

    /**
     * @param tasks   may refuse with an exception of the catalog's, as long as the node has not joined
     * @param metrics gives the text of {@code /metrics} in the format of Prometheus, such as {@code registry::scrape}
     */
    public ApiServer(
            Http address,
            CatalogStore catalog,
            ClusterView cluster,
            MatchHistory matches,
            Supplier<ClusterTasks> tasks,
            Supplier<String> metrics) {
        this.address = requireNonNull(address, "address");
        this.cluster = requireNonNull(cluster, "cluster");
        this.metrics = requireNonNull(metrics, "metrics");
        this.feed = new ChangeFeed(catalog);
        this.matchFeed = new MatchFeed(matches);
        this.operations = Stream.of(
                        List.of(feed.operation(), matchFeed.operation()),
                        new CatalogRoutes(catalog, cluster).operations(),
                        new ChangeRoutes(catalog).operations(),
                        new ErrorRoutes(catalog, cluster).operations(),
                        new TaskRoutes(tasks).operations(),
                        new SubscriptionRoutes(tasks, matchFeed).operations(),
                        new JobRoutes(tasks).operations(),
                        operations())
                .flatMap(List::stream)
                .toList();
        this.javalin = Javalin.create(config -> {
            configure(config);
            operations.forEach(operation ->
                    config.routes.addEndpoint(new Endpoint(operation.method(), operation.path(), operation.handler())));
            Problems.install(config.routes);
        });
    }

    private static void configure(JavalinConfig config) {
        config.startup.showJavalinBanner = false;
        config.startup.showOldJavalinVersionWarning = false;
        config.startup.startupWatcherEnabled = false;
        config.http.maxRequestSize = LARGEST_BODY;
        config.http.prefer405over404 = true;
        config.jetty.threadPool = new QueuedThreadPool(MOST_THREADS, LEAST_THREADS);
        // A version in the header helps nobody but those who look for old ones.
        config.jetty.modifyHttpConfiguration(http -> http.setSendServerVersion(false));
        config.jetty.modifyServer(server -> {
            // What is refused before it reaches a route, such as a malformed path: Jetty's own page would show its
            // insides.
            server.setErrorHandler(ApiServer::refuseEarly);
        });
    }

    private static boolean refuseEarly(Request request, Response response, Callback callback) {
        ProblemCode code = ProblemCode.of(response.getStatus());
        response.getHeaders().put("Content-Type", Problems.CONTENT_TYPE);
        String instance = String.valueOf(request.getHttpURI().getPath());
        Content.Sink.write(
                response,
                true,
                Problems.document(code, "The request cannot be read.", instance, List.of())
                        .toString(),
                callback);
        return true;
    }

    private List<Operation> operations() {
        return List.of(
                Operation.get(
                                "/api/v1/cluster",
                                "readCluster",
                                "Members, shards, receivers and what weakens a guarantee, as this node sees them.")
                        .answers(200, Shape.CLUSTER)
                        .served(context -> json(context, cluster.status())),
                Operation.get("/openapi.json", "readContract", "This document, made of the routes themselves.")
                        .answers(200, Shape.CONTRACT)
                        .served(context -> json(context, contract())),
                Operation.get("/health/live", "live", "The process serves.")
                        .answers(200, Shape.HEALTH)
                        .served(context -> json(context, JSON.createObjectNode().put("status", "live"))),
                Operation.get("/health/ready", "ready", "The node takes its part in the cluster.")
                        .answers(200, Shape.HEALTH)
                        .answers(503, Shape.HEALTH)
                        .served(this::ready),
                Operation.get("/metrics", "metrics", "What the node counts and measures.")
                        .answers(200, Shape.METRICS)
                        .served(context -> context.contentType("text/plain; version=0.0.4; charset=utf-8")
                                .result(metrics.get())));
    }

    private ObjectNode contract() {
        return OpenApi.of(operations);
    }

    private void ready(Context context) throws JsonProcessingException {
        boolean ready = cluster.ready();
        ObjectNode answer = JSON.createObjectNode().put("status", ready ? "ready" : "not ready");
        if (!ready) {
            context.status(503).header(Header.RETRY_AFTER, "1");
            ArrayNode reasons = answer.putArray("reasons");
            cluster.status().reasons().forEach(reasons::add);
        }
        json(context, answer);
    }

    private static void json(Context context, Object value) throws JsonProcessingException {
        context.contentType("application/json").result(JSON.writeValueAsBytes(value));
    }

    /**
     * Listen.
     *
     * @throws IllegalStateException if the port is taken or may not be used
     */
    public ApiServer start() {
        try {
            javalin.start(address.host(), address.port());
            return this;
        } catch (JavalinBindException e) {
            throw new IllegalStateException(
                    "Expected to listen on " + address.host() + ":" + address.port() + " for HTTP, but could not: "
                            + e.getMessage() + " Choose another node.http.port.",
                    e);
        }
    }

    /** The port that it listens on, also when 0 was asked for. */
    public int port() {
        return javalin.port();
    }

    /** Where the API is, with the host of the configuration. */
    public String url() {
        return "http://" + address.host() + ":" + port();
    }

    /** Every route as {@code GET /path}, for the test that holds the contract. */
    TreeSet<String> routes() {
        TreeSet<String> routes = new TreeSet<>();
        javalin.unsafe
                .internalRouter
                .allHttpHandlers()
                .forEach(handler -> routes.add(handler.endpoint.method + " " + handler.endpoint.path));
        return routes;
    }

    /** Finish what is being served, and stop. */
    @Override
    public void close() {
        feed.close();
        matchFeed.close();
        javalin.stop();
    }
}
