// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.task;

import com.fasterxml.jackson.databind.JsonNode;
import io.evenkeel.query.Fault;
import io.evenkeel.tasks.run.FieldCheck;
import io.evenkeel.tasks.run.SubscriptionKind;
import java.util.List;

/** A named feed of matches, of which the cluster remembers how far they were acknowledged. */
final class MatchSubscription implements SubscriptionKind {
    @Override
    public String name() {
        return "subscription";
    }

    @Override
    public List<Fault> check(JsonNode settings) {
        return FieldCheck.ofSettings(settings, "query", "instance")
                .textIfGiven("query")
                .textIfGiven("instance")
                .faults();
    }
}
