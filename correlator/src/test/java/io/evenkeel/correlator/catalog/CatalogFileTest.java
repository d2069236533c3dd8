// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.query.CatalogSnapshot;
import io.evenkeel.query.catalog.CatalogChange;
import io.evenkeel.query.catalog.CatalogRules;
import io.evenkeel.query.document.DocumentReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CatalogFileTest {
    @TempDir
    Path folder;

    private static RegisterState revision(int revision) {
        CatalogSnapshot snapshot = CatalogSnapshot.EMPTY;
        for (int i = 1; i <= revision; i++) {
            snapshot = CatalogRules.apply(
                    snapshot,
                    List.of(CatalogChange.put(DocumentReader.readOne("test", "event: E" + i + "\nfields: {a: long}"))));
        }
        ChangeRecord record =
                new ChangeRecord("c" + revision, 1, "f", ChangeState.COMMITTED, revision, "node-1", "", List.of());
        return new RegisterState(revision, 1, CatalogBytes.of(snapshot), List.of(), List.of(record));
    }

    private CatalogDisk.Kept read() {
        return new CatalogFile(folder.resolve("catalog")).read();
    }

    private void store(int... revisions) throws IOException {
        CatalogFile file = new CatalogFile(folder.resolve("catalog"));
        for (int revision : revisions) {
            file.store(revision(revision));
        }
    }

    @Test
    @DisplayName("D13 what was stored last is read, and what was stored before lies beside it")
    void shouldReadWhatWasStored() throws IOException {
        assertThat(read().state()).isSameAs(RegisterState.EMPTY);

        store(1, 2, 3);

        assertThat(read().state().catalog().hash())
                .isEqualTo(revision(3).catalog().hash());
        assertThat(read().state().catalog().snapshot())
                .isEqualTo(revision(3).catalog().snapshot());
        assertThat(read().state().findDecided("c3")).isPresent();
        assertThat(read().findings()).isEmpty();
        Files.delete(folder.resolve("catalog/catalog"));
        assertThat(read().state().catalog().revision()).isEqualTo(2);
    }

    @Test
    @DisplayName("D13 wherever a file is cut off, it is reported and the one before is used")
    void shouldUseThePreviousOneForATornFile() throws IOException {
        store(1, 2);
        Path current = folder.resolve("catalog/catalog");
        byte[] whole = Files.readAllBytes(current);
        for (int length = 0; length < whole.length; length++) {
            Files.write(current, Arrays.copyOf(whole, length));

            assertThat(read().state().catalog().revision())
                    .as("cut at %d", length)
                    .isEqualTo(1);
            assertThat(read().findings()).hasSize(1).first().asString().contains(current.toString());
        }
    }

    @Test
    @DisplayName("D13 wherever a byte is another one, the file is reported and the one before is used")
    void shouldUseThePreviousOneForADamagedFile() throws IOException {
        store(1, 2);
        Path current = folder.resolve("catalog/catalog");
        byte[] whole = Files.readAllBytes(current);
        for (int i = 0; i < whole.length; i++) {
            byte[] damaged = whole.clone();
            damaged[i] ^= 1;
            Files.write(current, damaged);

            assertThat(read().state().catalog().revision())
                    .as("damaged at %d", i)
                    .isEqualTo(1);
            assertThat(read().findings()).as("damaged at %d", i).hasSize(1);
        }
    }

    @Test
    @DisplayName("a damaged file does not push out the whole one before it, and half a next one does not matter")
    void shouldKeepTheWholeOne() throws IOException {
        store(1, 2);
        Files.writeString(folder.resolve("catalog/catalog"), "torn");
        store(3);
        Files.writeString(folder.resolve("catalog/catalog"), "torn again");
        Files.writeString(folder.resolve("catalog/catalog.next"), "half");

        assertThat(read().state().catalog().revision()).isEqualTo(1);
        assertThat(read().findings()).hasSize(1);
    }

    @Test
    @DisplayName("a crash between the two renames loses nothing")
    void shouldReadTheNextOneIfItIsWhole() throws IOException {
        store(1, 2);
        Path at = folder.resolve("catalog");
        Files.move(at.resolve("catalog.previous"), at.resolve("old"));
        Files.move(at.resolve("catalog"), at.resolve("catalog.next"));
        Files.move(at.resolve("old"), at.resolve("catalog.previous"));

        assertThat(read().state().catalog().revision()).isEqualTo(2);
        assertThat(read().findings()).isEmpty();
    }
}
