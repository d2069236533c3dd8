// SPDX-License-Identifier: Apache-2.0
/**
 * What a node derives from the catalog once, so that the hot path need not look names up: for each query its compiled
 * form, its instances, and for each event type that it reads the positions of key and time fields. From the same
 * place comes the answer to which shard an event of a query belongs.
 *
 * <p>Entry point: {@link io.evenkeel.runtime.plan.QueryPlans}.
 */
@NullMarked
package io.evenkeel.runtime.plan;

import org.jspecify.annotations.NullMarked;
