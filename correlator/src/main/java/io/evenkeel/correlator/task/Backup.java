// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.task;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.evenkeel.query.CatalogSnapshot;
import io.evenkeel.query.CatalogSnapshot.Versioned;
import io.evenkeel.query.QueryDefinition;
import io.evenkeel.query.QueryInstance;
import io.evenkeel.query.Timestamps;
import io.evenkeel.query.document.DocumentWriter;
import io.evenkeel.query.json.ExactJson;
import io.evenkeel.querytest.TrialEvent;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collection;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * A backup while it is written: {@code catalog/} with a document for each definition, {@code history/} with the events of
 * each query, {@code log/} with the logs of the shards as they are, and last {@code manifest.json}, which names every file
 * with its size and its hash. All is on the disk before the folder gets its name. Closed without being finished, it is gone.
 * For one thread. {@link BackupReader} reads it.
 */
final class Backup implements AutoCloseable {
    static final String MANIFEST = "manifest.json";
    static final String LOG_FOLDER = "log";
    static final int FORMAT = 1;

    private final Path part;
    private final Path whole;
    /** By file, from the folder on. */
    private final SortedMap<String, Path> files = new TreeMap<>();
    /** The same in lower case. */
    private final Set<String> taken = new HashSet<>();
    /** By query. */
    private final SortedMap<String, History> histories = new TreeMap<>();

    private final Set<Path> folders = new HashSet<>();
    /** How to go on from the logs; null if they are not in it. */
    private @Nullable ObjectNode log;

    private boolean finished;

    /** The file of a query's events, and how many are in it. */
    private record History(String file, long events) {}

    private Backup(Path part, Path whole) {
        this.part = part;
        this.whole = whole;
    }

    static Backup begin(Path part, Path whole) throws IOException {
        Files.createDirectory(part);
        Backup backup = new Backup(part, whole);
        backup.folders.add(part);
        return backup;
    }

    /** A file for each definition, in folders that can be applied one after the other. */
    void writeCatalog(CatalogSnapshot catalog) throws IOException {
        makeFolder("catalog");
        for (var type : catalog.eventTypes().values()) {
            write("catalog/events", type.value().name(), DocumentWriter.json(type.value()));
        }
        for (Versioned<QueryDefinition> query : catalog.queries().values()) {
            write("catalog/queries", query.value().name(), DocumentWriter.json(query.value()));
        }
        for (Versioned<QueryInstance> instance : catalog.instances().values()) {
            String ofQuery = instance.value().id().query();
            QueryDefinition query =
                    Objects.requireNonNull(catalog.queries().get(ofQuery)).value();
            write(
                    "catalog/instances/" + ofQuery,
                    instance.value().id().name(),
                    DocumentWriter.json(query, instance.value()));
        }
    }

    private void write(String folder, String name, JsonNode document) throws IOException {
        String file = freeName(folder, name, ".json");
        Files.writeString(
                place(file), ExactJson.MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(document) + "\n");
    }

    /** Names that differ in their case only are the same file on some disks. */
    private String freeName(String folder, String name, String suffix) {
        String file = folder + "/" + name + suffix;
        for (int i = 2; !taken.add(file.toLowerCase(Locale.ROOT)); i++) {
            file = folder + "/" + name + "." + i + suffix;
        }
        return file;
    }

    private Path place(String file) throws IOException {
        int end = file.lastIndexOf('/');
        if (end > 0) {
            makeFolder(file.substring(0, end));
        }
        Path path = part.resolve(file);
        files.put(file, path);
        return path;
    }

    private void makeFolder(String folder) throws IOException {
        Path path = Files.createDirectories(part.resolve(folder));
        while (folders.add(path)) {
            path = Objects.requireNonNull(path.getParent());
        }
    }

    /** An empty file for each query. */
    void beginHistory(Collection<String> queries) throws IOException {
        makeFolder("history");
        for (String query : queries) {
            if (!histories.containsKey(query)) {
                String file = freeName("history", query, ".jsonl");
                Files.createFile(place(file));
                histories.put(query, new History(file, 0));
            }
        }
    }

    /** @param events by query */
    void appendHistory(Map<String, List<TrialEvent>> events) throws IOException {
        for (Map.Entry<String, List<TrialEvent>> more : events.entrySet()) {
            History history = Objects.requireNonNull(histories.get(more.getKey()));
            try (BufferedWriter to = Files.newBufferedWriter(part.resolve(history.file()), StandardOpenOption.APPEND)) {
                for (TrialEvent event : more.getValue()) {
                    to.write(event.toJson());
                    to.write('\n');
                }
            }
            histories.put(
                    more.getKey(),
                    new History(
                            history.file(), history.events() + more.getValue().size()));
        }
    }

    /** The log of a shard, as another cluster takes it. */
    void writeLog(int shard, byte[] image) throws IOException {
        Files.write(place("%s/shard-%05d.bin".formatted(LOG_FOLDER, shard)), image);
    }

    /** The logs of all shards are written. @param sessions the last one on each queue, none before those that the logs name */
    void logWritten(String cluster, int shards, SortedMap<String, Long> sessions) {
        ObjectNode about = ExactJson.MAPPER
                .createObjectNode()
                .put("format", WholeLog.FORMAT)
                .put("cluster", cluster)
                .put("shards", shards);
        ObjectNode each = about.putObject("sessions");
        sessions.forEach(each::put);
        log = about;
    }

    /** All of it is on the disk, under its name, when this returns. @return that name */
    String finish(long revision, long nowMs) throws IOException {
        Files.writeString(
                part.resolve(MANIFEST),
                ExactJson.MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(manifest(revision, nowMs)) + "\n");
        for (Path file : files.values()) {
            BackupFolder.force(file, StandardOpenOption.WRITE);
        }
        BackupFolder.force(part.resolve(MANIFEST), StandardOpenOption.WRITE);
        for (Path folder : folders) {
            BackupFolder.force(folder, StandardOpenOption.READ);
        }
        Files.move(part, whole, StandardCopyOption.ATOMIC_MOVE);
        finished = true;
        BackupFolder.force(Objects.requireNonNull(whole.getParent()), StandardOpenOption.READ);
        return Objects.requireNonNull(whole.getFileName()).toString();
    }

    private ObjectNode manifest(long revision, long nowMs) throws IOException {
        ObjectNode manifest = ExactJson.MAPPER
                .createObjectNode()
                .put("format", FORMAT)
                .put("time", Timestamps.format(nowMs))
                .put("revision", revision);
        ObjectNode history = manifest.putObject("history");
        histories.forEach((query, about) ->
                history.putObject(query).put("file", about.file()).put("events", about.events()));
        if (log != null) {
            manifest.set("log", log);
        }
        ArrayNode list = manifest.putArray("files");
        for (Map.Entry<String, Path> file : files.entrySet()) {
            list.addObject()
                    .put("file", file.getKey())
                    .put("bytes", Files.size(file.getValue()))
                    .put("sha256", hashOf(file.getValue()));
        }
        return manifest;
    }

    static String hashOf(Path file) throws IOException {
        try (InputStream bytes = Files.newInputStream(file);
                DigestInputStream hashed = new DigestInputStream(bytes, MessageDigest.getInstance("SHA-256"))) {
            hashed.transferTo(OutputStream.nullOutputStream());
            return HexFormat.of().formatHex(hashed.getMessageDigest().digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java has SHA-256", e);
        }
    }

    @Override
    public void close() {
        if (!finished) {
            try {
                BackupFolder.delete(part);
            } catch (IOException e) {
                // The next one removes it.
                LoggerFactory.getLogger(Backup.class).debug("Expected to remove {}, but could not", part, e);
            }
        }
    }
}
