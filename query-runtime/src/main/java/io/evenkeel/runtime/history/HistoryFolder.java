// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.history;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where a node keeps its history store. A store that cannot be used is renamed, never deleted: what is in it may be wanted yet.
 * For one thread, but for {@link #finding}.
 */
public final class HistoryFolder {
    private static final Logger LOG = LoggerFactory.getLogger(HistoryFolder.class);
    private static final DateTimeFormatter STAMP =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmssSSS").withZone(ZoneOffset.UTC);

    private final Path folder;
    private final String cluster;
    private final int shards;
    private final Clock clock;
    private volatile String finding = "";

    /**
     * @param folder  made when it is opened
     * @param cluster of which the store must be
     * @param shards  that it must have
     */
    public HistoryFolder(Path folder, String cluster, int shards, Clock clock) {
        this.folder = requireNonNull(folder, "folder").toAbsolutePath();
        this.cluster = requireNonNull(cluster, "cluster");
        this.shards = shards;
        this.clock = requireNonNull(clock, "clock");
    }

    /**
     * Opens the store; an empty one if there is none, or if it cannot be used: then the old one is set aside, and an error
     * says so.
     *
     * @throws HistoryUnavailableException if there can be none either, or another process has it open
     */
    public HistoryStore open() {
        try {
            return RocksHistoryStore.open(folder, cluster, shards);
        } catch (UnusableStoreException e) {
            rename(e.getMessage());
            LOG.error("{}. This node goes on with an empty history. Delete that folder once nobody wants it", finding);
            return openNew();
        }
    }

    private HistoryStore openNew() {
        try {
            return RocksHistoryStore.open(folder, cluster, shards);
        } catch (UnusableStoreException e) {
            throw new HistoryUnavailableException("Expected to make a new history store, but: " + e.getMessage(), e);
        }
    }

    /**
     * Renames the folder of a closed store, and says so.
     *
     * @param why as a sentence begins: Expected …, but …
     * @throws HistoryUnavailableException if it cannot be renamed
     */
    public void setAside(String why) {
        rename(why);
        LOG.warn("{}. Delete that folder once nobody wants it", finding);
    }

    private void rename(String why) {
        Path aside = folder.resolveSibling(folder.getFileName() + ".aside-" + STAMP.format(clock.instant()));
        try {
            Files.move(folder, aside);
        } catch (IOException e) {
            throw new HistoryUnavailableException(
                    why + ". Expected to set it aside as " + aside + ", but could not: " + e
                            + ". Move it yourself, and start this node again",
                    e);
        }
        finding = why + ". It is set aside as " + aside;
    }

    /** Why a store was set aside last, and where it is; empty if none was. */
    public String finding() {
        return finding;
    }

    @Override
    public String toString() {
        return folder.toString();
    }
}
