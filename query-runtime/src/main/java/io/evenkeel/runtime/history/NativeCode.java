// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.history;

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.net.URLConnection;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.rocksdb.RocksDB;
import org.rocksdb.util.Environment;

/**
 * Loads the library of RocksDB from a folder that keeps it. By itself RocksDB unpacks 15 MB into the folder for temporary files
 * at each start, and a killed process leaves them there.
 */
final class NativeCode {
    private static final String SHARED_FOLDER = "ROCKSDB_SHAREDLIB_DIR";

    private NativeCode() {}

    /**
     * Once in a process; later calls do nothing. RocksDB's own variable names a folder that several nodes may share.
     *
     * @param ofNode where it is kept without that variable
     * @throws HistoryUnavailableException if there is none for this platform, or it cannot be unpacked
     */
    static synchronized void load(Path ofNode) {
        String shared = System.getenv(SHARED_FOLDER);
        Path folder = shared == null || shared.isBlank() ? ofNode : Path.of(shared);
        String name = "the library of RocksDB";
        try {
            name = Environment.getJniLibraryFileName("rocksdb");
            unpack(name, folder.resolve(Environment.getJniLibraryFileName("rocksdbjni")));
            RocksDB.loadLibrary(List.of(folder.toString()));
        } catch (IOException | UnsatisfiedLinkError | UnsupportedOperationException e) {
            throw new HistoryUnavailableException(
                    "Expected to load " + name + " from " + folder + ", but could not: " + e
                            + ". Where RocksDB does not run, set history.mode to off",
                    e);
        }
    }

    /** @param library where RocksDB looks for it */
    private static void unpack(String name, Path library) throws IOException {
        URL packed = RocksDB.class.getResource("/" + name);
        if (packed == null) {
            throw new IOException("rocksdbjni has none of that name");
        }
        URLConnection connection = packed.openConnection();
        if (Files.exists(library) && Files.size(library) == connection.getContentLengthLong()) {
            return;
        }
        Path folder = Files.createDirectories(library.toAbsolutePath().getParent());
        Path part = Files.createTempFile(folder, name, ".part");
        try {
            try (InputStream bytes = connection.getInputStream()) {
                Files.copy(bytes, part, StandardCopyOption.REPLACE_EXISTING);
            }
            try (FileChannel channel = FileChannel.open(part, StandardOpenOption.WRITE)) {
                channel.force(true);
            }
            Files.move(part, library, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            // It is tried again and again, perhaps on a disk that is full.
            Files.deleteIfExists(part);
        }
    }
}
