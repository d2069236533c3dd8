// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.config;

import static io.evenkeel.correlator.config.ConfigurationKey.BACKUP_FOLDER;
import static io.evenkeel.correlator.config.ConfigurationKey.CATALOG_LOAD;
import static io.evenkeel.correlator.config.ConfigurationKey.CLUSTER_BACKUPS;
import static io.evenkeel.correlator.config.ConfigurationKey.CLUSTER_BIND;
import static io.evenkeel.correlator.config.ConfigurationKey.CLUSTER_DEDUPE_WINDOW;
import static io.evenkeel.correlator.config.ConfigurationKey.CLUSTER_FEED;
import static io.evenkeel.correlator.config.ConfigurationKey.CLUSTER_MEMBERS;
import static io.evenkeel.correlator.config.ConfigurationKey.CLUSTER_MINIMUM;
import static io.evenkeel.correlator.config.ConfigurationKey.CLUSTER_NAME;
import static io.evenkeel.correlator.config.ConfigurationKey.CLUSTER_PORT;
import static io.evenkeel.correlator.config.ConfigurationKey.CLUSTER_SHARDS;
import static io.evenkeel.correlator.config.ConfigurationKey.CLUSTER_TICK_INTERVAL;
import static io.evenkeel.correlator.config.ConfigurationKey.DATABASE_PASSWORD_FILE;
import static io.evenkeel.correlator.config.ConfigurationKey.DATABASE_URL;
import static io.evenkeel.correlator.config.ConfigurationKey.DATABASE_USER;
import static io.evenkeel.correlator.config.ConfigurationKey.HISTORY_INTERVAL;
import static io.evenkeel.correlator.config.ConfigurationKey.HISTORY_MODE;
import static io.evenkeel.correlator.config.ConfigurationKey.HISTORY_WAIT;
import static io.evenkeel.correlator.config.ConfigurationKey.HTTP_HOST;
import static io.evenkeel.correlator.config.ConfigurationKey.HTTP_PORT;
import static io.evenkeel.correlator.config.ConfigurationKey.NODE_DATA;
import static io.evenkeel.correlator.config.ConfigurationKey.NODE_NAME;
import static io.evenkeel.correlator.config.ConfigurationKey.NODE_REQUIRE;
import static io.evenkeel.correlator.config.ConfigurationKey.NODE_ROLES;
import static io.evenkeel.correlator.config.ConfigurationKey.TASKS_LABELS;
import static io.evenkeel.correlator.config.ConfigurationKey.TASKS_REDISTRIBUTE_AFTER;

import io.evenkeel.correlator.config.NodeConfiguration.Catalog;
import io.evenkeel.correlator.config.NodeConfiguration.Cluster;
import io.evenkeel.correlator.config.NodeConfiguration.History;
import io.evenkeel.correlator.config.NodeConfiguration.Http;
import io.evenkeel.correlator.config.NodeConfiguration.Jms;
import io.evenkeel.correlator.config.NodeConfiguration.Node;
import io.evenkeel.correlator.config.NodeConfiguration.Tasks;
import io.evenkeel.query.Fault;
import io.evenkeel.query.Wording;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;

/** Reads and checks the configuration of a node. */
public final class ConfigurationReader {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.-]*");
    private static final Pattern ADDRESS = Pattern.compile("(\\[[0-9a-fA-F:]+]|[A-Za-z0-9._-]+):(\\d{1,5})");
    private static final int MOST_SHARDS = 1024;
    /** A match is some hundred bytes, and up to 16 kB, on each of its copies. */
    private static final int MOST_FEED = 1_000_000;
    /** Hazelcast keeps at most so many copies of an entry. */
    private static final int MOST_BACKUPS = 6;

    private final Values values;
    private final Given given;
    private final Path file;
    private final Path folder;

    private ConfigurationReader(Path file, Path folder, Given given, List<Fault> faults) {
        this.file = file;
        this.folder = folder;
        this.given = given;
        this.values = new Values(given, folder, faults);
    }

    /**
     * Read a file with the environment over it.
     *
     * @param environment as {@link System#getenv()} has it; of its variables those with {@code EVENKEEL_} are looked at
     * @throws ConfigurationException with every fault
     */
    public static NodeConfiguration read(Path file, Map<String, String> environment) {
        List<Fault> faults = new ArrayList<>();
        Path folder = folderOf(file);
        Given given = new Given(faults);
        parse(file, given, faults);
        given.readEnvironment(environment);
        boolean unreadable = !faults.isEmpty() && faults.get(0).field().isEmpty();
        if (!unreadable) {
            NodeConfiguration configuration = new ConfigurationReader(file, folder, given, faults).configuration();
            if (faults.isEmpty()) {
                return configuration;
            }
        }
        // In the order of the file; what is missing or comes from the environment last.
        faults.sort(Comparator.comparingInt(fault -> fault.line() == 0 ? Integer.MAX_VALUE : fault.line()));
        throw new ConfigurationException(file.toString(), faults);
    }

    private static Path folderOf(Path file) {
        Path parent = file.toAbsolutePath().normalize().getParent();
        return parent == null ? file.toAbsolutePath() : parent;
    }

    private static void parse(Path file, Given given, List<Fault> faults) {
        LoaderOptions options = new LoaderOptions();
        options.setMaxAliasesForCollections(0);
        options.setCodePointLimit(1_000_000);
        options.setNestingDepthLimit(20);
        try {
            var root = new Yaml(new SafeConstructor(options)).compose(new StringReader(Files.readString(file)));
            if (root == null) {
                faults.add(new Fault(0, "", "Expected a configuration, but the file is empty."));
            } else {
                given.readFile(root);
            }
        } catch (NoSuchFileException e) {
            faults.add(new Fault(0, "", "Expected a file, but there is none."));
        } catch (IOException e) {
            faults.add(new Fault(0, "", "Expected to read the file as UTF-8, but could not: " + e));
        } catch (MarkedYAMLException e) {
            int line = e.getProblemMark() == null ? 0 : e.getProblemMark().getLine() + 1;
            faults.add(new Fault(line, "", "Expected YAML, but " + e.getProblem()));
        } catch (YAMLException e) {
            faults.add(new Fault(0, "", "Expected YAML, but " + e.getMessage()));
        }
    }

    private NodeConfiguration configuration() {
        Http http = new Http(
                values.text(HTTP_HOST, HTTP_HOST.path()), values.number(HTTP_PORT, HTTP_PORT.path(), 0, 65_535));
        Node node = new Node(name(NODE_NAME), values.file(NODE_DATA, NODE_DATA.path()), http, roles(), required());
        Cluster cluster = cluster();
        Jms jms = new JmsReader(values, given).read();
        if (!node.roles().contains(NodeRole.COMPUTE)
                && given.names("jms.receivers").isEmpty()) {
            values.refuse(
                    NODE_ROLES.path(),
                    "Expected receivers in jms.receivers, since this node is to be a receiver only, but there are none: it"
                            + " would have nothing to do. Add receivers, or the role compute.");
        }
        return new NodeConfiguration(file, node, cluster, history(), jms, new Catalog(folder, globs()), tasks());
    }

    private List<String> globs() {
        List<String> globs = values.texts(CATALOG_LOAD.path(), List.of());
        for (String glob : globs) {
            try {
                FileSystems.getDefault().getPathMatcher("glob:" + glob);
            } catch (PatternSyntaxException e) {
                values.refuse(
                        CATALOG_LOAD.path(),
                        "Expected a glob such as queries/*.yaml, but it is " + Wording.quote(glob) + ": "
                                + e.getDescription() + ".");
            }
        }
        return globs;
    }

    private History history() {
        return new History(
                values.choice(HISTORY_MODE, HISTORY_MODE.path(), HistoryMode.class, HistoryMode.LOCAL),
                values.duration(
                        HISTORY_INTERVAL, HISTORY_INTERVAL.path(), Duration.ofMillis(10), Duration.ofMinutes(1)),
                values.duration(HISTORY_WAIT, HISTORY_WAIT.path(), Duration.ofMillis(1), Duration.ofHours(1)));
    }

    private Tasks tasks() {
        SortedMap<String, DatabaseSettings> databases = new TreeMap<>();
        for (String name : given.names("tasks.databases")) {
            String url = values.text(DATABASE_URL, DATABASE_URL.of(name));
            if (!url.isEmpty() && !url.startsWith("jdbc:")) {
                values.refuse(DATABASE_URL.of(name), "Expected jdbc:..., but it is " + Wording.quote(url) + ".");
            }
            databases.put(
                    name,
                    new DatabaseSettings(
                            name,
                            url,
                            values.text(DATABASE_USER, DATABASE_USER.of(name)),
                            values.file(DATABASE_PASSWORD_FILE, DATABASE_PASSWORD_FILE.of(name))));
        }
        SortedMap<String, Path> backups = new TreeMap<>();
        for (String name : given.names("tasks.backups")) {
            backups.put(name, values.file(BACKUP_FOLDER, BACKUP_FOLDER.of(name)));
        }
        return new Tasks(
                new TreeSet<>(values.texts(TASKS_LABELS.path(), List.of())),
                values.duration(
                        TASKS_REDISTRIBUTE_AFTER,
                        TASKS_REDISTRIBUTE_AFTER.path(),
                        Duration.ofSeconds(1),
                        Duration.ofDays(7)),
                databases,
                backups);
    }

    private String name(ConfigurationKey key) {
        String name = values.text(key, key.path());
        if (!name.isEmpty() && !NAME.matcher(name).matches()) {
            values.refuse(
                    key.path(),
                    "Expected a name of letters, digits, '.', _ or -, but it is " + Wording.quote(name)
                            + ". Rename it.");
        }
        return name;
    }

    private RequiredLevel required() {
        return values.choice(NODE_REQUIRE, NODE_REQUIRE.path(), RequiredLevel.class, RequiredLevel.NONE);
    }

    private Set<NodeRole> roles() {
        return values.choices(NODE_ROLES.path(), NodeRole.class, EnumSet.allOf(NodeRole.class), NodeRole.COMPUTE);
    }

    private Cluster cluster() {
        String name = name(CLUSTER_NAME);
        String bind = values.text(CLUSTER_BIND, CLUSTER_BIND.path());
        int port = values.number(CLUSTER_PORT, CLUSTER_PORT.path(), 1, 65_535);
        List<String> members = members(bind, port);
        return new Cluster(
                name,
                bind,
                port,
                members,
                backups(members.size()),
                values.number(CLUSTER_SHARDS, CLUSTER_SHARDS.path(), 1, MOST_SHARDS),
                minimum(members.size()),
                values.duration(
                        CLUSTER_DEDUPE_WINDOW, CLUSTER_DEDUPE_WINDOW.path(), Duration.ofSeconds(1), Duration.ofDays(7)),
                values.duration(
                        CLUSTER_TICK_INTERVAL,
                        CLUSTER_TICK_INTERVAL.path(),
                        Duration.ofMillis(10),
                        Duration.ofMinutes(1)),
                values.number(CLUSTER_FEED, CLUSTER_FEED.path(), 0, MOST_FEED));
    }

    private List<String> members(String bind, int port) {
        List<String> members = values.texts(CLUSTER_MEMBERS.path(), List.of(bind + ":" + port));
        for (int i = 0; i < members.size(); i++) {
            if (!ADDRESS.matcher(members.get(i)).matches()) {
                values.refuse(
                        CLUSTER_MEMBERS.path(),
                        "Expected host:port in each place, but number " + (i + 1) + " is "
                                + Wording.quote(members.get(i)) + ".");
            } else if (members.indexOf(members.get(i)) < i) {
                values.refuse(
                        CLUSTER_MEMBERS.path(),
                        "Expected each member once, but " + Wording.quote(members.get(i))
                                + " is repeated: it would count twice in the majority. Drop one.");
            }
        }
        if (members.isEmpty()) {
            values.refuse(CLUSTER_MEMBERS.path(), "Expected at least one member, but the list is empty.");
        }
        boolean addressed = members.stream().anyMatch(member -> member.endsWith(":" + port));
        if (!members.isEmpty() && !addressed) {
            values.refuse(
                    CLUSTER_MEMBERS.path(),
                    "Expected this node among the members, but none has its port " + port + ". Add " + bind + ":" + port
                            + ".");
        }
        return members;
    }

    private int backups(int members) {
        int backups = values.number(CLUSTER_BACKUPS, CLUSTER_BACKUPS.path(), 0, MOST_BACKUPS, Math.min(1, members - 1));
        if (backups >= members && members > 0) {
            values.refuse(
                    CLUSTER_BACKUPS.path(),
                    backups + (backups == 1 ? " backup needs " : " backups need ")
                            + (backups + 1) + " members, but cluster.members names " + members
                            + ": nothing could ever be acknowledged. Name more members, or ask for fewer backups.");
        }
        return backups;
    }

    private int minimum(int members) {
        int majority = members / 2 + 1;
        int minimum = values.number(CLUSTER_MINIMUM, CLUSTER_MINIMUM.path(), 1, 1000, majority);
        if (minimum > members && members > 0) {
            values.refuse(
                    CLUSTER_MINIMUM.path(),
                    "Expected at most the " + members + " of cluster.members, but it is " + minimum
                            + ": the cluster could never commit. Name more members, or lower it.");
        } else if (minimum < majority) {
            values.refuse(
                    CLUSTER_MINIMUM.path(),
                    "Expected at least a majority, " + majority + " of " + members + " members, but it is " + minimum
                            + ": two halves of a parted cluster would both commit. Raise it.");
        }
        return minimum;
    }
}
