// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.task;

import io.evenkeel.correlator.http.MatchHistory;
import java.util.List;

/** Where matches are forwarded to. For one thread. */
interface ForwardTarget extends AutoCloseable {
    /** So many are written before the next checkpoint: what may come again after the death of a node. */
    default int mostAtOnce() {
        return MatchHistory.MOST;
    }

    /**
     * Returns when all of them are there. Those that were written before must not be there twice. Ends within some
     * seconds, also if the other side says nothing: until then nobody else can go on.
     *
     * @throws PartlyTakenException if only the first of them are there, and this is certain
     */
    void write(List<MatchHistory.Entry> matches) throws Exception;

    @Override
    void close();
}
