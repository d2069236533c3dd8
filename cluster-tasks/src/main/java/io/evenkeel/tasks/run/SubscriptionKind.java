// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.tasks.run;

import com.fasterxml.jackson.databind.JsonNode;
import io.evenkeel.query.Fault;
import java.util.List;

/** A kind of tasks that no node runs: readers take them, one at a time, and acknowledge what they have done with them. */
public interface SubscriptionKind {
    /** As documents name it. */
    String name();

    /** What is wrong with settings; empty if nothing. */
    List<Fault> check(JsonNode settings);
}
