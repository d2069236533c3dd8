// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.http;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.evenkeel.correlator.catalog.CatalogStore;
import io.evenkeel.query.CatalogSnapshot;
import io.evenkeel.query.Wording;
import io.javalin.http.Context;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Tells readers what changed in the catalog, as server-sent events. The id of an event is the revision that it leads to, so
 * that a reader may go on with it on any node; what is told follows from the catalog alone, and revisions that a reader
 * missed come as one event.
 */
final class ChangeFeed implements AutoCloseable {
    private static final Duration LOOK_AGAIN = Duration.ofMillis(100);
    /** So often a reader without news gets a sign of life. */
    private static final int SILENT_LOOKS = 50;

    private static final ObjectMapper JSON = new ObjectMapper();

    private final CatalogStore store;
    private final FeedReaders readers = new FeedReaders("changes");

    ChangeFeed(CatalogStore store) {
        this.store = store;
    }

    Operation operation() {
        return Operation.get(
                        "/api/v1/changes",
                        "followChanges",
                        "Feed of the catalog: one event for each revision that is reached, with what was put and deleted."
                                + " Without Last-Event-ID the first one has all definitions.")
                .takes(Operation.Parameter.LAST_EVENT_ID)
                .answers(200, Shape.FEED)
                .fails(400, 503)
                .served(this::serve);
    }

    private void serve(Context context) {
        EventStream.requireReader(context);
        long seen = revisionSeen(context);
        // Throws while there is nothing to tell yet.
        store.current();
        readers.serve(context, reader -> feed(reader, seen));
    }

    private static long revisionSeen(Context context) {
        @Nullable String id = context.header("Last-Event-ID");
        if (id == null || id.isBlank()) {
            return -1;
        }
        try {
            return Long.parseLong(id.strip());
        } catch (NumberFormatException e) {
            throw new ProblemException(
                    ProblemCode.BAD_REQUEST,
                    "Expected Last-Event-ID to be a revision of the catalog, a whole number, but it is "
                            + Wording.quote(id) + ". Leave it out to begin with what is there.");
        }
    }

    private void feed(EventStream out, long from) throws IOException {
        long seen = from;
        int looks = 0;
        out.comment("the catalog");
        while (readers.open()) {
            CatalogSnapshot now = store.current();
            if (now.revision() > seen) {
                out.event(
                        Long.toString(now.revision()),
                        "catalog",
                        difference(now, seen).toString());
                seen = now.revision();
                looks = 0;
            } else if (++looks >= SILENT_LOOKS) {
                out.comment("nothing new");
                looks = 0;
            }
            LockSupport.parkNanos(LOOK_AGAIN.toNanos());
        }
    }

    /** Pure. What has been put and deleted since a revision; all, if that is -1. */
    static ObjectNode difference(CatalogSnapshot now, long since) {
        ObjectNode difference = JSON.createObjectNode().put("revision", now.revision());
        ArrayNode put = difference.putArray("put");
        Stream.of(EventTypeResource.all(now), QueryResource.all(now), instances(now))
                .flatMap(List::stream)
                .forEach(resource -> {
                    var definition = requireNonNull(resource.find(now));
                    if (definition.revision() > since) {
                        put.addObject()
                                .put("definition", resource.title())
                                .put("version", definition.version())
                                .put("etag", resource.etag(now));
                    }
                });
        ArrayNode deleted = difference.putArray("deleted");
        now.deleted().forEach((title, revision) -> {
            if (revision > since) {
                deleted.add(title);
            }
        });
        // The catalog remembers so many deletions only. Beyond that, a reader reads the lists again.
        boolean complete = since < 0
                || now.deleted().size() < CatalogSnapshot.MOST_DELETED
                || now.deleted().values().stream().anyMatch(revision -> revision <= since);
        return difference.put("complete", complete);
    }

    private static List<Resource> instances(CatalogSnapshot now) {
        return now.instances().keySet().stream()
                .<Resource>map(id -> new InstanceResource(id.query(), id.name()))
                .toList();
    }

    /** Lets all readers go. */
    @Override
    public void close() {
        readers.close();
    }
}
