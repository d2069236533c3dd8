// SPDX-License-Identifier: Apache-2.0
/**
 * Java client of a cluster's HTTP API.
 *
 * <p>It knows several nodes and asks the one that answered last. If that one does not answer, the next one is asked, at
 * once; a change is repeated under the same key, so that it is made once whichever of them made it. {@linkplain
 * io.evenkeel.client.Feed Feeds} go on at another node where they were.
 *
 * <p>Start at {@link io.evenkeel.client.EvenkeelClient}; {@link io.evenkeel.client.AsyncEvenkeelClient} has the same calls
 * with futures.
 */
@NullMarked
package io.evenkeel.client;

import org.jspecify.annotations.NullMarked;
