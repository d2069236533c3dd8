// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.config;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Every key of the configuration, with its default. The only list: reader, environment and unknown keys go by it.
 *
 * <p>A {@code *} in a path stands for a name that the author chooses.
 */
public enum ConfigurationKey {
    NODE_NAME("node.name", null, "unique in the cluster"),
    NODE_DATA("node.data", null, "folder for what must survive a restart"),
    HTTP_HOST("node.http.host", "127.0.0.1", "where the HTTP API listens"),
    HTTP_PORT("node.http.port", "8701", "its port; 0 for a free one"),
    NODE_ROLES("node.roles", "receiver, compute", "receiver takes messages, compute owns shards"),
    NODE_REQUIRE("node.require", "none", "no-loss: do not start if anything is known to weaken that"),
    CLUSTER_NAME("cluster.name", "evenkeel", "the same on all members"),
    CLUSTER_BIND("cluster.bind", "127.0.0.1", "the one interface that the grid listens on"),
    CLUSTER_PORT("cluster.port", "5701", "its port"),
    CLUSTER_MEMBERS("cluster.members", "bind:port of this node", "where members are to be found, as host:port"),
    CLUSTER_BACKUPS("cluster.backups", "1, alone 0", "copies of each log entry on other nodes"),
    CLUSTER_SHARDS("cluster.shards", "32", "groups of keys; the same on all members, for ever"),
    CLUSTER_MINIMUM("cluster.minimum", "a majority of members", "fewer members commit nothing"),
    CLUSTER_DEDUPE_WINDOW("cluster.dedupeWindow", "2 minutes", "how long ids of events are remembered at least"),
    CLUSTER_TICK_INTERVAL("cluster.tickInterval", "100 ms", "the step in which timers fire"),
    CLUSTER_FEED("cluster.feed", "10000", "matches kept for readers of the feed; 0 for none; the same on all members"),
    HISTORY_MODE(
            "history.mode", "local", "local: windows outlive the end of all nodes, on their disks; off: they do not"),
    HISTORY_INTERVAL("history.interval", "200 ms", "how often what is new goes to the disk"),
    HISTORY_WAIT("history.wait", "30 seconds", "when all nodes start: how long for those that may have newer history"),
    CONNECTION_URL("jms.connections.*.url", null, "of the broker"),
    CONNECTION_USER("jms.connections.*.user", "evenkeel", "at the broker"),
    CONNECTION_PASSWORD_FILE("jms.connections.*.passwordFile", null, "holds the password"),
    RECEIVER_CONNECTION("jms.receivers.*.connection", null, "name of a connection"),
    RECEIVER_DESTINATION("jms.receivers.*.destination", null, "queue:NAME"),
    RECEIVER_EVENT("jms.receivers.*.event", "none", "type of messages that name none"),
    RECEIVER_RELIABILITY("jms.receivers.*.reliability", "APP_CONTROLLED", "when a message is acknowledged"),
    RECEIVER_ORDERING("jms.receivers.*.ordering", "strict", "strict: one active consumer; relaxed: all compete"),
    RECEIVER_BATCH("jms.receivers.*.batch", "1000", "the most messages of a transaction"),
    SENDER_CONNECTION("jms.senders.*.connection", null, "name of a connection"),
    SENDER_DESTINATION("jms.senders.*.destination", null, "queue:NAME or topic:NAME"),
    SENDER_RELIABILITY("jms.senders.*.reliability", "BEST_EFFORT", "matches travel with their cause"),
    SENDER_DELIVERY_MODE("jms.senders.*.deliveryMode", "PERSISTENT", "PERSISTENT or NON_PERSISTENT"),
    CATALOG_LOAD("catalog.load", "none", "globs of definitions, from the folder of this file"),
    TASKS_LABELS("tasks.labels", "none", "what this node is good for: a task with labels runs where all of them are"),
    TASKS_REDISTRIBUTE_AFTER(
            "tasks.redistributeAfter",
            "15 minutes",
            "so long a pinned task waits for its node; the same on all members"),
    DATABASE_URL("tasks.databases.*.url", null, "of JDBC; tasks name the database, not its address"),
    DATABASE_USER("tasks.databases.*.user", "evenkeel", "at the database"),
    DATABASE_PASSWORD_FILE("tasks.databases.*.passwordFile", null, "holds the password"),
    BACKUP_FOLDER(
            "tasks.backups.*.folder", null, "where backups are kept; the same for all nodes that may run the task");

    /** What environment variables of the configuration begin with. */
    static final String PREFIX = "EVENKEEL_";

    private final String path;
    private final @Nullable String defaultText;
    private final String description;

    ConfigurationKey(String path, @Nullable String defaultText, String description) {
        this.path = path;
        this.defaultText = defaultText;
        this.description = description;
    }

    /** With {@code *} for a name that the author chooses. */
    public String path() {
        return path;
    }

    /** As one would write it, or in words if it follows from other keys; empty if the key must be given. */
    public Optional<String> defaultText() {
        return Optional.ofNullable(defaultText);
    }

    /** For people. */
    public String description() {
        return description;
    }

    /** True if the value is a list of texts. */
    boolean list() {
        return this == NODE_ROLES || this == CLUSTER_MEMBERS || this == CATALOG_LOAD || this == TASKS_LABELS;
    }

    /** The path of an entry with this name. */
    String of(String name) {
        return path.replace("*", name);
    }

    boolean matches(String concrete) {
        List<String> mine = segments(path);
        List<String> other = segments(concrete);
        if (mine.size() != other.size()) {
            return false;
        }
        for (int i = 0; i < mine.size(); i++) {
            if (!mine.get(i).equals("*") && !mine.get(i).equals(other.get(i))) {
                return false;
            }
        }
        return true;
    }

    /** The key of a concrete path. */
    static Optional<ConfigurationKey> find(String concrete) {
        return Arrays.stream(values()).filter(key -> key.matches(concrete)).findFirst();
    }

    /** Names that may follow a concrete path; empty if it is unknown or its names are free. */
    static List<String> children(String concrete) {
        List<String> parent = segments(concrete);
        return Arrays.stream(values())
                .map(key -> segments(key.path))
                .filter(segments -> segments.size() > parent.size() && startsWith(segments, parent))
                .map(segments -> segments.get(parent.size()))
                .filter(name -> !name.equals("*"))
                .distinct()
                .toList();
    }

    private static boolean startsWith(List<String> segments, List<String> parent) {
        for (int i = 0; i < parent.size(); i++) {
            if (!segments.get(i).equals("*") && !segments.get(i).equals(parent.get(i))) {
                return false;
            }
        }
        return true;
    }

    private static List<String> segments(String path) {
        return path.isEmpty() ? List.of() : List.of(path.split("\\."));
    }

    /** The environment variable of a concrete path: {@code cluster.dedupeWindow} is EVENKEEL_CLUSTER_DEDUPE_WINDOW. */
    public static String variable(String concrete) {
        return PREFIX
                + segments(concrete).stream()
                        .map(ConfigurationKey::variablePart)
                        .collect(Collectors.joining("_"));
    }

    static String variablePart(String segment) {
        return segment.replaceAll("([a-z0-9])([A-Z])", "$1_$2")
                .replaceAll("[^A-Za-z0-9]", "_")
                .toUpperCase(Locale.ROOT);
    }
}
