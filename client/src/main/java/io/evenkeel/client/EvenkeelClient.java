// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.client;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * A cluster's HTTP API. For any thread; each call blocks until a node has answered, the patience of the settings is at its
 * end, or the thread is interrupted.
 *
 * <p>It holds no resources but idle connections, which end by themselves; feeds are closed one by one.
 */
public final class EvenkeelClient {
    private final AsyncEvenkeelClient async;

    private EvenkeelClient(AsyncEvenkeelClient async) {
        this.async = async;
    }

    public static EvenkeelClient of(ClientSettings settings) {
        return new EvenkeelClient(new AsyncEvenkeelClient(new NodeCalls(settings, System::nanoTime), false));
    }

    /** With the usual waits. @param nodes such as {@code http://10.0.0.1:8701}; the more, the more of them may die */
    public static EvenkeelClient of(String... nodes) {
        return of(ClientSettings.of(nodes));
    }

    /** The same calls, with futures. */
    public AsyncEvenkeelClient async() {
        return async;
    }

    /** Tasks and jobs. */
    public TaskClient tasks() {
        return new TaskClient(async.calls());
    }

    /** As {@link AsyncEvenkeelClient#latest}. */
    public EvenkeelClient latest() {
        return new EvenkeelClient(async.latest());
    }

    /** A definition; empty if it does not exist. */
    public Optional<Definition> read(DefinitionId id) throws InterruptedException {
        return await(async.read(id));
    }

    /** All event types, in the order of their names. */
    public List<ListedDefinition> eventTypes() throws InterruptedException {
        return await(async.eventTypes());
    }

    /** All queries, in the order of their names. */
    public List<ListedDefinition> queries() throws InterruptedException {
        return await(async.queries());
    }

    /** All instances of a query, in the order of their names. @throws NotFoundException without the query */
    public List<ListedDefinition> instances(String query) throws InterruptedException {
        return await(async.instances(query));
    }

    /** Create or replace. @param document in YAML or JSON; it names the same definition as the id */
    public Done put(DefinitionId id, String document) throws InterruptedException {
        return put(id, document, ChangeOptions.NONE);
    }

    /**
     * Create or replace on conditions. When it returns, every live node runs it.
     *
     * @throws RefusedException            with the faults of the document
     * @throws PreconditionFailedException if a condition does not hold
     */
    public Done put(DefinitionId id, String document, ChangeOptions options) throws InterruptedException {
        return await(async.put(id, document, options));
    }

    /** Delete. When it returns, no live node runs it. @throws ConflictException if something uses it */
    public Done delete(DefinitionId id) throws InterruptedException {
        return delete(id, ChangeOptions.NONE);
    }

    public Done delete(DefinitionId id, ChangeOptions options) throws InterruptedException {
        return await(async.delete(id, options));
    }

    /** All steps at one revision, or none. */
    public Change change(ChangeSteps steps) throws InterruptedException {
        return change(steps, ChangeOptions.NONE);
    }

    /** The same. @param options of these only the key counts; each step has its own conditions */
    public Change change(ChangeSteps steps, ChangeOptions options) throws InterruptedException {
        return await(async.change(steps, options));
    }

    /** What became of a change; empty: never begun, or ended more than a day ago. */
    public Optional<Change> readChange(String id) throws InterruptedException {
        return await(async.readChange(id));
    }

    /** Check and compile; nothing changes. @return what was checked @throws RefusedException with the faults */
    public List<String> check(String documents) throws InterruptedException {
        return await(async.check(documents));
    }

    public ClusterStatus cluster() throws InterruptedException {
        return await(async.cluster());
    }

    /** What an instance threw, by shard and key. */
    public List<InstanceTrouble> errors(String query, String instance) throws InterruptedException {
        return await(async.errors(query, instance));
    }

    /** As {@link AsyncEvenkeelClient#retryErrors}. */
    public List<InstanceTrouble> retryErrors(String query, String instance, @Nullable String key)
            throws InterruptedException {
        return await(async.retryErrors(query, instance, key));
    }

    /** As {@link AsyncEvenkeelClient#skipErrors}. */
    public List<InstanceTrouble> skipErrors(String query, String instance, @Nullable String key)
            throws InterruptedException {
        return await(async.skipErrors(query, instance, key));
    }

    /** As {@link AsyncEvenkeelClient#followCatalog}. */
    public Feed<CatalogNews> followCatalog(String lastEventId) {
        return async.followCatalog(lastEventId);
    }

    /** As {@link AsyncEvenkeelClient#followMatches}. */
    public Feed<MatchNews> followMatches(@Nullable String query, @Nullable String instance, String lastEventId) {
        return async.followMatches(query, instance, lastEventId);
    }

    static <T> T await(CompletableFuture<T> call) throws InterruptedException {
        try {
            return call.get();
        } catch (InterruptedException e) {
            call.cancel(true);
            throw e;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof EvenkeelException failure) {
                throw failure;
            }
            throw new UnreachableException("Expected an answer, but the client failed: " + e.getCause(), e.getCause());
        }
    }
}
