// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.node;

import io.evenkeel.correlator.catalog.CatalogStore;
import io.evenkeel.correlator.catalog.ChangeOutcome;
import io.evenkeel.correlator.catalog.ChangeRequest;
import io.evenkeel.correlator.config.NodeConfiguration;
import io.evenkeel.query.CatalogSnapshot;
import io.evenkeel.query.DefinitionRefusedException;
import io.evenkeel.query.catalog.CatalogChange;
import io.evenkeel.query.catalog.CatalogRules;
import io.evenkeel.query.document.Document;
import io.evenkeel.query.document.DocumentReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystems;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings the definitions that a node's configuration names, or that a backup has, into the catalog. What is there already
 * stays as it is, also if it was changed or deleted since: a node that starts again undoes nobody's work.
 */
final class CatalogLoader {
    private static final Logger LOG = LoggerFactory.getLogger(CatalogLoader.class);

    private final CatalogStore catalog;

    CatalogLoader(CatalogStore catalog) {
        this.catalog = catalog;
    }

    /**
     * What a catalog is that has these definitions only; an empty one if they are refused, which is told when they are loaded.
     */
    static CatalogSnapshot likely(NodeConfiguration.Catalog settings) {
        try {
            return CatalogRules.apply(CatalogSnapshot.EMPTY, missing(CatalogSnapshot.EMPTY, read(files(settings))));
        } catch (DefinitionRefusedException | UncheckedIOException e) {
            LOG.debug("Expected to read the definitions in {} before joining, but could not", settings.load(), e);
            return CatalogSnapshot.EMPTY;
        }
    }

    /** @throws DefinitionRefusedException with the file, line and reason of each fault */
    void load(NodeConfiguration.Catalog settings) {
        load(settings.load().toString(), files(settings));
    }

    /**
     * The same for given files.
     *
     * @param from where they are, for people
     */
    void load(String from, List<Path> files) {
        SortedMap<String, Document> documents = read(files);
        if (documents.isEmpty()) {
            return;
        }
        ChangeOutcome outcome = catalog.change(ChangeRequest.of(base -> missing(base, documents)));
        List<String> kept = documents.keySet().stream()
                .filter(title -> outcome.before().titles().contains(title)
                        || outcome.before().deleted().containsKey(title))
                .toList();
        LOG.info(
                "Of {} definitions in {}, {} are new; those that the catalog had, or had deleted, stay as they are."
                        + " revision={} kept={}",
                documents.size(),
                from,
                documents.size() - kept.size(),
                outcome.catalog().revision(),
                kept);
    }

    /** By title. */
    private static SortedMap<String, Document> read(List<Path> files) {
        SortedMap<String, Document> documents = new TreeMap<>();
        for (Path file : files) {
            for (Document document : DocumentReader.read(file.toString(), read(file))) {
                documents.put(document.title(), document);
            }
        }
        return documents;
    }

    private static List<CatalogChange> missing(CatalogSnapshot base, SortedMap<String, Document> documents) {
        SortedSet<String> there = base.titles();
        return documents.values().stream()
                .filter(document ->
                        !there.contains(document.title()) && !base.deleted().containsKey(document.title()))
                .map(CatalogChange::put)
                .toList();
    }

    private static List<Path> files(NodeConfiguration.Catalog settings) {
        if (settings.load().isEmpty()) {
            return List.of();
        }
        List<Path> below = below(settings.folder());
        List<Path> files = new ArrayList<>();
        for (String glob : settings.load()) {
            PathMatcher matcher = FileSystems.getDefault().getPathMatcher("glob:" + glob);
            below.stream()
                    .filter(file -> matcher.matches(settings.folder().relativize(file)))
                    .sorted()
                    .forEach(files::add);
        }
        return files;
    }

    /** Other files may come and go meanwhile: nodes may keep their data below the same folder. */
    private static List<Path> below(Path folder) {
        List<Path> files = new ArrayList<>();
        try {
            Files.walkFileTree(folder, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                    if (Files.isRegularFile(file)) {
                        files.add(file);
                    }
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
                    return orGone(e);
                }

                @Override
                public FileVisitResult postVisitDirectory(Path below, @Nullable IOException e) throws IOException {
                    return e == null ? FileVisitResult.CONTINUE : orGone(e);
                }
            });
        } catch (IOException e) {
            throw new UncheckedIOException("Expected to read the folder " + folder + " for catalog.load", e);
        }
        return files;
    }

    private static FileVisitResult orGone(IOException e) throws IOException {
        if (e instanceof NoSuchFileException) {
            return FileVisitResult.CONTINUE;
        }
        throw e;
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException("Expected to read " + file, e);
        }
    }
}
