// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.task;

import com.fasterxml.jackson.databind.JsonNode;
import io.evenkeel.query.json.ExactJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;

/** A backup that was made by a task, to be restored. It is whole by its manifest. Immutable. */
public final class BackupReader {
    private final Path folder;
    private final List<String> files;
    private final SortedMap<String, Long> sessions;

    private BackupReader(Path folder, List<String> files, SortedMap<String, Long> sessions) {
        this.folder = folder;
        this.files = files;
        this.sessions = sessions;
    }

    /**
     * Reads the manifest, and each file that it names.
     *
     * @param cluster of which the backup must be
     * @param shards  that it must have
     * @throws BackupRefusedException if it is no backup, was changed, or is of a cluster that this one cannot go on from
     */
    public static BackupReader open(Path folder, String cluster, int shards) {
        Path manifest = folder.resolve(Backup.MANIFEST);
        try {
            JsonNode json = ExactJson.MAPPER.readTree(Files.readString(manifest));
            if (json.path("format").asInt() != Backup.FORMAT
                    || !json.path("files").isArray()) {
                throw new BackupRefusedException("Expected " + manifest + " to be of format " + Backup.FORMAT
                        + ", but it is " + json.path("format") + ". Restore it with the version that made it, or apply "
                        + folder.resolve("catalog") + ", which every version reads.");
            }
            requireLog(folder, json.path("log"), cluster, shards);
            List<String> files = new ArrayList<>();
            for (JsonNode file : json.path("files")) {
                files.add(whole(folder, file));
            }
            SortedMap<String, Long> sessions = new TreeMap<>();
            for (Map.Entry<String, JsonNode> queue :
                    json.path("log").path("sessions").properties()) {
                sessions.put(queue.getKey(), queue.getValue().asLong());
            }
            return new BackupReader(folder, List.copyOf(files), sessions);
        } catch (NoSuchFileException e) {
            throw new BackupRefusedException(
                    "Expected a backup in " + folder + ", but " + e.getMessage()
                            + " is not there. Name the folder of one backup, such as TASK/2026-11-21T20-15-00.123Z.",
                    e);
        } catch (IOException e) {
            throw new BackupRefusedException("Expected to read the backup in " + folder + ", but could not: " + e, e);
        }
    }

    private static void requireLog(Path folder, JsonNode log, String cluster, int shards) {
        if (!log.isObject()) {
            throw new BackupRefusedException("Expected the backup in " + folder
                    + " to have the logs of all shards, but it has none: its task keeps chosen queries only. Its catalog can be"
                    + " applied: "
                    + folder.resolve("catalog"));
        }
        if (log.path("format").asInt() != WholeLog.FORMAT) {
            throw new BackupRefusedException("Expected logs of format " + WholeLog.FORMAT + " in " + folder
                    + ", but they are of " + log.path("format") + ". Restore them with the version that made them.");
        }
        if (!log.path("cluster").asText().equals(cluster)) {
            throw new BackupRefusedException(
                    "Expected a backup of cluster " + cluster + ", as cluster.name says, but the one"
                            + " in " + folder + " is of " + log.path("cluster").asText()
                            + ". Give the new cluster the same name: what its tick queue has is part of the log.");
        }
        if (log.path("shards").asInt() != shards) {
            throw new BackupRefusedException("Expected a backup of a cluster with " + shards
                    + " shards, as cluster.shards says, but the one in " + folder + " has "
                    + log.path("shards").asInt() + ". Give the new cluster as many.");
        }
    }

    private static String whole(Path folder, JsonNode file) throws IOException {
        String name = file.path("file").asText();
        Path path = folder.resolve(name).normalize();
        if (!path.startsWith(folder.normalize())) {
            throw new BackupRefusedException("Expected files of the backup in " + folder + ", but its manifest names "
                    + name + ", which is outside");
        }
        if (Files.size(path) != file.path("bytes").asLong()
                || !Backup.hashOf(path).equals(file.path("sha256").asText())) {
            throw new BackupRefusedException("Expected " + path + " as the manifest has it, with "
                    + file.path("bytes").asLong() + " bytes and sha256 "
                    + file.path("sha256").asText()
                    + ", but it was changed since. Restore another backup.");
        }
        return name;
    }

    /** The files with the documents of the catalog. */
    public List<Path> catalog() {
        return named(name -> name.startsWith("catalog/"));
    }

    /** The files with the logs of those shards that had one; for {@code LogImages}. */
    public List<Path> log() {
        return named(name -> name.startsWith(Backup.LOG_FOLDER + "/"));
    }

    /** All of a file. @throws BackupRefusedException if it cannot be read any more */
    public byte[] bytes(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new BackupRefusedException("Expected to read " + file + " of a backup, but could not: " + e, e);
        }
    }

    /** The last session on each queue in the cluster that it is of. */
    public SortedMap<String, Long> sessions() {
        return sessions;
    }

    private List<Path> named(Predicate<String> which) {
        return files.stream().filter(which).sorted().map(folder::resolve).toList();
    }

    @Override
    public String toString() {
        return folder.toString();
    }
}
