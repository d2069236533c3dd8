// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.http;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.evenkeel.correlator.catalog.CatalogUnavailableException;
import io.evenkeel.correlator.catalog.ChangeAbortedException;
import io.evenkeel.correlator.catalog.ChangeIdReusedException;
import io.evenkeel.correlator.catalog.NoSuchDefinitionException;
import io.evenkeel.correlator.catalog.PreconditionFailedException;
import io.evenkeel.query.DefinitionRefusedException;
import io.evenkeel.query.Fault;
import io.evenkeel.tasks.record.TasksUnavailableException;
import io.evenkeel.tasks.run.TaskConflictException;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import io.javalin.http.Header;
import io.javalin.http.HttpResponseException;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Turns whatever is thrown into a problem document. */
final class Problems {
    static final String CONTENT_TYPE = "application/problem+json";
    private static final Logger LOG = LoggerFactory.getLogger(Problems.class);
    private static final ObjectMapper JSON = new ObjectMapper();

    private Problems() {}

    static void install(RoutesConfig routes) {
        routes.exception(
                ProblemException.class,
                (e, context) -> write(context, e.code(), String.valueOf(e.getMessage()), List.of()));
        routes.exception(DefinitionRefusedException.class, Problems::refused);
        routes.exception(
                PreconditionFailedException.class, (e, context) -> plain(context, ProblemCode.PRECONDITION_FAILED, e));
        routes.exception(NoSuchDefinitionException.class, (e, context) -> plain(context, ProblemCode.NOT_FOUND, e));
        routes.exception(ChangeIdReusedException.class, (e, context) -> plain(context, ProblemCode.KEY_REUSED, e));
        routes.exception(ChangeAbortedException.class, Problems::aborted);
        routes.exception(CatalogUnavailableException.class, (e, context) -> {
            context.header(
                    Header.RETRY_AFTER, Long.toString(Math.max(1, e.retryAfter().toSeconds())));
            ObjectNode problem =
                    document(ProblemCode.UNAVAILABLE, String.valueOf(e.getMessage()), context.path(), List.of());
            String change = e.change();
            if (change != null) {
                context.header(ChangeHeaders.CHANGE, change);
                problem.put("change", change);
            }
            write(context, ProblemCode.UNAVAILABLE, problem);
        });
        routes.exception(
                TaskConflictException.class,
                (e, context) -> plain(
                        context,
                        switch (e.kind()) {
                            case MISSING -> ProblemCode.NOT_FOUND;
                            case CHANGED -> ProblemCode.PRECONDITION_FAILED;
                            case STATE -> ProblemCode.CONFLICT;
                            case REUSED -> ProblemCode.KEY_REUSED;
                        },
                        e));
        routes.exception(TasksUnavailableException.class, (e, context) -> {
            context.header(Header.RETRY_AFTER, "2");
            plain(context, ProblemCode.UNAVAILABLE, e);
        });
        routes.exception(HttpResponseException.class, (e, context) -> {
            ProblemCode code = ProblemCode.of(e.getStatus());
            String detail = code == ProblemCode.NOT_FOUND
                    ? "Expected a path of the API, but " + context.path() + " is none. See /openapi.json."
                    : code == ProblemCode.TOO_LARGE
                            ? "Expected at most " + ApiServer.LARGEST_BODY + " bytes."
                            : String.valueOf(e.getMessage());
            write(context, code, detail, List.of());
        });
        routes.exception(Exception.class, (e, context) -> {
            LOG.error("Expected to serve {} {}, but failed", context.method(), context.path(), e);
            String detail = "The node failed to serve this; its log says why.";
            write(context, ProblemCode.INTERNAL, detail, List.of());
        });
    }

    private static void plain(Context context, ProblemCode code, RuntimeException e) {
        write(context, code, String.valueOf(e.getMessage()), List.of());
    }

    /** A node that left may come back; one that cannot deploy it will not be able to the next time. */
    private static void aborted(ChangeAbortedException e, Context context) {
        ProblemCode code = e.refusedByNode() ? ProblemCode.NODE_FAILED : ProblemCode.UNAVAILABLE;
        if (code == ProblemCode.UNAVAILABLE) {
            context.header(Header.RETRY_AFTER, "1");
        }
        context.header(ChangeHeaders.CHANGE, e.outcome().id());
        ObjectNode problem = document(code, e.outcome().reason(), context.path(), List.of());
        problem.put("change", e.outcome().id());
        problem.set("nodes", JSON.valueToTree(e.outcome().nodes()));
        write(context, code, problem);
    }

    /** A delete is refused because of what others say, so the document is not at fault but the moment. */
    private static void refused(DefinitionRefusedException e, Context context) {
        ProblemCode code =
                context.method() == HandlerType.DELETE ? ProblemCode.CONFLICT : ProblemCode.DEFINITION_REFUSED;
        write(context, code, e.document() + " was refused; see faults.", e.faults());
    }

    private static void write(Context context, ProblemCode code, String detail, List<Fault> faults) {
        write(context, code, document(code, detail, context.path(), faults));
    }

    private static void write(Context context, ProblemCode code, ObjectNode problem) {
        context.status(code.status());
        context.contentType(CONTENT_TYPE);
        context.result(problem.toString());
    }

    static ObjectNode document(ProblemCode code, String detail, String instance, List<Fault> faults) {
        ObjectNode problem = JSON.createObjectNode()
                .put(
                        "type",
                        "urn:evenkeel:problem:"
                                + code.name().toLowerCase(java.util.Locale.ROOT).replace('_', '-'))
                .put("title", code.title())
                .put("status", code.status())
                .put("detail", detail)
                .put("instance", instance)
                .put("code", code.name());
        if (!faults.isEmpty()) {
            ArrayNode list = problem.putArray("faults");
            faults.forEach(fault -> list.addObject()
                    .put("field", fault.field())
                    .put("line", fault.line())
                    .put("message", fault.message()));
        }
        return problem;
    }
}
