// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.config;

import static java.util.Objects.requireNonNull;

import io.evenkeel.jms.ReceiverSettings;
import io.evenkeel.jms.SenderSettings;
import io.evenkeel.jms.connection.ConnectionSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * All that a node is told. Immutable; {@link ConfigurationReader} has checked it as a whole.
 *
 * @param file where it was read
 */
public record NodeConfiguration(
        Path file, Node node, Cluster cluster, History history, Jms jms, Catalog catalog, Tasks tasks) {

    /**
     * The node itself.
     *
     * @param name unique in the cluster
     * @param data    folder for what must survive a restart; made if it is not there
     * @param require what must be guaranteed for it to start
     */
    public record Node(String name, Path data, Http http, Set<NodeRole> roles, RequiredLevel require) {
        public Node {
            roles = Set.copyOf(roles);
        }
    }

    /** Where the HTTP API listens. @param port 0 for a free one */
    public record Http(String host, int port) {}

    /**
     * The grid.
     *
     * @param bind         the interface to listen on; what other members can reach
     * @param members      where members are to be found, this node among them, as host:port
     * @param backups      on how many other nodes each log entry must be before its message is acknowledged
     * @param shards       the same on all members, for ever: keys are spread by it
     * @param minimum      fewer members commit nothing; never less than a majority of {@code members}
     * @param dedupeWindow how long the ids of events are remembered at least, to recognise a repeat
     * @param tickInterval the step in which timers fire
     * @param feed         the latest matches that are kept for readers; 0: none
     */
    public record Cluster(
            String name,
            String bind,
            int port,
            List<String> members,
            int backups,
            int shards,
            int minimum,
            Duration dedupeWindow,
            Duration tickInterval,
            int feed) {
        public Cluster {
            members = List.copyOf(members);
        }
    }

    /**
     * What is kept of the logs beside the grid.
     *
     * @param interval between two rounds to the disk
     * @param patience when all nodes start: how long for those that may have newer history
     */
    public record History(HistoryMode mode, Duration interval, Duration patience) {
        public History {
            requireNonNull(mode, "mode");
            requireNonNull(interval, "interval");
            requireNonNull(patience, "patience");
        }
    }

    /** The brokers, what is read from them and where matches may go; each by name. */
    public record Jms(
            SortedMap<String, ConnectionSettings> connections,
            SortedMap<String, Receiver> receivers,
            SortedMap<String, SenderSettings> senders) {
        public Jms {
            connections = Collections.unmodifiableSortedMap(new TreeMap<>(connections));
            receivers = Collections.unmodifiableSortedMap(new TreeMap<>(receivers));
            senders = Collections.unmodifiableSortedMap(new TreeMap<>(senders));
        }

        /** The connection of events, matches and timers; tasks may use others. Empty if nothing tells which that is. */
        public Optional<String> main() {
            return Stream.of(
                            receivers.values().stream().map(Receiver::connection),
                            senders.values().stream().map(SenderSettings::connection),
                            connections.keySet().stream().filter(name -> connections.size() == 1))
                    .flatMap(names -> names)
                    .findFirst();
        }
    }

    /** A receiver and the name of the connection that it uses. */
    public record Receiver(String connection, ReceiverSettings settings) {}

    /**
     * Definitions that a node brings along.
     *
     * @param folder that the globs count from
     * @param load   globs of YAML or JSON documents
     */
    public record Catalog(Path folder, List<String> load) {
        public Catalog {
            requireNonNull(folder, "folder");
            load = List.copyOf(load);
        }
    }

    /**
     * Tasks and jobs.
     *
     * @param labels            what this node is good for
     * @param redistributeAfter so long a pinned task waits for its node
     * @param databases         that tasks may write to, by name
     * @param backups           folders that tasks may keep backups in, by name
     */
    public record Tasks(
            Set<String> labels,
            Duration redistributeAfter,
            SortedMap<String, DatabaseSettings> databases,
            SortedMap<String, Path> backups) {
        public Tasks {
            labels = Collections.unmodifiableSortedSet(new TreeSet<>(labels));
            requireNonNull(redistributeAfter, "redistributeAfter");
            databases = Collections.unmodifiableSortedMap(new TreeMap<>(databases));
            backups = Collections.unmodifiableSortedMap(new TreeMap<>(backups));
        }
    }

    public NodeConfiguration {
        requireNonNull(file, "file");
        requireNonNull(node, "node");
        requireNonNull(cluster, "cluster");
        requireNonNull(history, "history");
        requireNonNull(jms, "jms");
        requireNonNull(catalog, "catalog");
        requireNonNull(tasks, "tasks");
    }
}
