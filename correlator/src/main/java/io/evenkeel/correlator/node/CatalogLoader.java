// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.node;

import io.evenkeel.correlator.config.NodeConfiguration;
import io.evenkeel.correlator.http.CatalogStore;
import io.evenkeel.query.CatalogSnapshot;
import io.evenkeel.query.catalog.CatalogChange;
import io.evenkeel.query.document.Document;
import io.evenkeel.query.document.DocumentReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Brings the definitions that a node's configuration names into the catalog. What is there already stays as it is. */
final class CatalogLoader {
    private static final Logger LOG = LoggerFactory.getLogger(CatalogLoader.class);

    private final CatalogStore catalog;

    CatalogLoader(CatalogStore catalog) {
        this.catalog = catalog;
    }

    /** @throws io.evenkeel.query.DefinitionRefusedException with the file, line and reason of each fault */
    void load(NodeConfiguration.Catalog settings) {
        List<CatalogChange> changes = new ArrayList<>();
        for (Path file : files(settings)) {
            for (Document document : DocumentReader.read(file.toString(), read(file))) {
                changes.add(CatalogChange.put(document));
            }
        }
        if (!changes.isEmpty()) {
            CatalogSnapshot loaded = catalog.change(changes, OptionalLong.empty());
            LOG.info(
                    "The catalog has the {} definitions of {}. revision={}",
                    changes.size(),
                    settings.load(),
                    loaded.revision());
        }
    }

    private static List<Path> files(NodeConfiguration.Catalog settings) {
        List<Path> files = new ArrayList<>();
        for (String glob : settings.load()) {
            PathMatcher matcher = FileSystems.getDefault().getPathMatcher("glob:" + glob);
            try (Stream<Path> all = Files.walk(settings.folder())) {
                all.filter(Files::isRegularFile)
                        .filter(file -> matcher.matches(settings.folder().relativize(file)))
                        .sorted()
                        .forEach(files::add);
            } catch (IOException e) {
                throw new UncheckedIOException(
                        "Expected to read catalog.load=" + glob + " below " + settings.folder(), e);
            }
        }
        return files;
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException("Expected to read " + file, e);
        }
    }
}
