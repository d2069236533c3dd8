// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.correlator.config.NodeConfiguration;
import io.evenkeel.correlator.http.MemoryCatalog;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class CatalogLoaderTest {
    @TempDir
    private Path folder;

    @Test
    @DisplayName("files that come and go below the folder, such as other nodes' data, keep nobody from loading")
    void shouldNotMindWhatVanishes() throws Exception {
        Path definitions = Files.createDirectories(folder.resolve("catalog"));
        Files.writeString(definitions.resolve("e.yaml"), "event: E\nfields: {k: string}\n");
        Path data = Files.createDirectories(folder.resolve("data"));
        AtomicBoolean done = new AtomicBoolean();
        CompletableFuture<Void> others = CompletableFuture.runAsync(() -> comeAndGo(data, done));
        try {
            for (int i = 0; i < 500; i++) {
                MemoryCatalog catalog = new MemoryCatalog();
                new CatalogLoader(catalog).load(new NodeConfiguration.Catalog(folder, List.of("catalog/*.yaml")));
                assertThat(catalog.current().eventTypes()).containsOnlyKeys("E");
            }
        } finally {
            done.set(true);
            others.join();
        }
    }

    private static void comeAndGo(Path data, AtomicBoolean done) {
        try {
            while (!done.get()) {
                Path node = Files.createDirectories(data.resolve("node/catalog"));
                for (int i = 0; i < 20; i++) {
                    Files.createFile(node.resolve("next-" + i));
                }
                for (int i = 0; i < 20; i++) {
                    Files.delete(node.resolve("next-" + i));
                }
                Files.delete(node);
                Files.delete(node.getParent());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
