// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.task;

import io.evenkeel.correlator.config.DatabaseSettings;
import io.evenkeel.correlator.http.MatchHistory;
import io.evenkeel.jms.connection.ConnectionSettings;
import io.evenkeel.tasks.run.Kinds;
import java.time.Clock;
import java.util.List;
import java.util.SortedMap;

/** All kinds that a node knows. */
public final class NodeKinds {
    private NodeKinds() {}

    /**
     * @param matches     the latest matches of the cluster
     * @param databases   that tasks may write to
     * @param connections to brokers that tasks may use
     */
    public static Kinds of(
            QueryHistory history,
            MatchHistory matches,
            SortedMap<String, DatabaseSettings> databases,
            SortedMap<String, ConnectionSettings> connections) {
        Brokers brokers = new Brokers(connections);
        return Kinds.of(
                List.of(new ForwardTask(matches, databases, brokers)),
                List.of(new MatchSubscription()),
                List.of(
                        new ExportJob(history),
                        new BacktestJob(history, brokers),
                        new RedriveJob(brokers, Clock.systemUTC())));
    }
}
