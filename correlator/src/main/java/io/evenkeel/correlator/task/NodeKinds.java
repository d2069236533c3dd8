// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.task;

import io.evenkeel.correlator.config.NodeConfiguration;
import io.evenkeel.correlator.http.MatchHistory;
import io.evenkeel.jms.connection.ConnectionSettings;
import io.evenkeel.query.CatalogSnapshot;
import io.evenkeel.tasks.run.Kinds;
import java.time.Clock;
import java.util.List;
import java.util.SortedMap;
import java.util.function.Supplier;

/** All kinds that a node knows. */
public final class NodeKinds {
    private NodeKinds() {}

    /**
     * @param catalog     as this node runs it
     * @param matches     the latest matches of the cluster
     * @param settings    where tasks may write to
     * @param connections to brokers that tasks may use
     */
    public static Kinds of(
            Supplier<CatalogSnapshot> catalog,
            QueryHistory history,
            WholeLog log,
            MatchHistory matches,
            NodeConfiguration.Tasks settings,
            SortedMap<String, ConnectionSettings> connections) {
        Brokers brokers = new Brokers(connections);
        return Kinds.of(
                List.of(
                        new ForwardTask(matches, settings.databases(), brokers),
                        new BackupTask(catalog, history, log, settings.backups(), Clock.systemUTC())),
                List.of(new MatchSubscription()),
                List.of(
                        new ExportJob(history),
                        new BacktestJob(history, brokers),
                        new RedriveJob(brokers, Clock.systemUTC())));
    }
}
