// SPDX-License-Identifier: Apache-2.0
/**
 * What a cluster promises at this moment, and what weakens it.
 *
 * <p>A promise rests on settings in three places: the node's own, the broker's, and the definitions of queries. Each way in
 * which one of them gives a promise up is a {@link io.evenkeel.correlator.guarantee.Weakening} with a name, the promise
 * that it breaks, and a remedy. {@link io.evenkeel.correlator.guarantee.NodeRules} finds them from what is live: the
 * configuration that runs, the catalog in force, and what {@link io.evenkeel.correlator.guarantee.BrokerLook} has just
 * read from the brokers. What only the grid knows is added where the reports of the nodes come together.
 *
 * <p>Start reading at {@link io.evenkeel.correlator.guarantee.Guarantees}.
 */
@NullMarked
package io.evenkeel.correlator.guarantee;

import org.jspecify.annotations.NullMarked;
