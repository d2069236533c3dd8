// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.task;

import io.evenkeel.correlator.http.MatchHistory;
import java.util.List;

/** Where matches are forwarded to. For one thread. */
interface ForwardTarget extends AutoCloseable {
    /** Returns when all of them are there. Those that were written before must not be there twice. */
    void write(List<MatchHistory.Entry> matches) throws Exception;

    @Override
    void close();
}
