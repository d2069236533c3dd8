// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.broker;

import io.evenkeel.broker.BrokerStartException.Reason;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a second broker out of a data folder. Artemis has a lock of its own, but waits for it for ever, which suits a shared
 * store and puzzles everybody else. The operating system releases this one when the process dies.
 */
final class DataFolderLock implements AutoCloseable {

    private final FileChannel channel;

    private DataFolderLock(FileChannel channel) {
        this.channel = channel;
    }

    static DataFolderLock take(Path data) throws BrokerStartException {
        try {
            Files.createDirectories(data);
            FileChannel channel =
                    FileChannel.open(data.resolve("broker.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            if (tryLock(channel) == null) {
                channel.close();
                throw new BrokerStartException(
                        Reason.DATA_IN_USE,
                        "Expected to be the only broker in %s, but another one works there. Stop it, or name another folder."
                                .formatted(data));
            }
            return new DataFolderLock(channel);
        } catch (IOException e) {
            throw new BrokerStartException(
                    Reason.NO_ACCESS,
                    "Expected to make and write the folder %s, but that failed. error=%s. Name a folder that this user may write."
                            .formatted(data, e),
                    e);
        }
    }

    private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException e) {
            return null; // held by another broker of this very process
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
