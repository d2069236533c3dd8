// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.shard;

import io.evenkeel.query.Event;
import io.evenkeel.runtime.plan.InputPlan;

/** Is told what becomes of an event in a query, as that decides how long the log must keep it. */
interface Witness {
    /** The query sees the event from now on, as one of an input. */
    void saw(LoggedCause event, InputPlan input, Event aligned);

    /** The query will see the event when source time has passed it. */
    void held(LoggedCause event);

    /** The query is about to see an event that it held. */
    void released(LoggedCause event);

    /** The query will never see the event: source time was past it by so many ms. */
    void late(LoggedCause event, long byMs);
}
