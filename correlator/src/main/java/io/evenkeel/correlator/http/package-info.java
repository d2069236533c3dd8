// SPDX-License-Identifier: Apache-2.0
/**
 * The HTTP API of a node: the catalog, the cluster, health and metrics.
 *
 * <p>{@link io.evenkeel.correlator.http.ApiServer} translates and does nothing else. What it needs of the node are three
 * narrow ports: {@link io.evenkeel.correlator.catalog.CatalogStore} (read, check, change), {@link
 * io.evenkeel.correlator.http.ClusterView} and a supplier of metrics. A definition's ETag changes with each of its
 * versions, and a precondition holds to the end: it is judged on a revision, and the change is made on that revision or
 * judged again.
 *
 * <p>Whatever fails is a problem document (RFC 9457) with a {@linkplain io.evenkeel.correlator.http.ProblemCode code} for
 * programs and a sentence for people; never a stack trace. Each {@linkplain io.evenkeel.correlator.http.Operation
 * operation} carries its part of the contract, from which both the routes and {@code /openapi.json} are made; a test sees
 * to it that no answer has a status that is not declared.
 */
@NullMarked
package io.evenkeel.correlator.http;

import org.jspecify.annotations.NullMarked;
