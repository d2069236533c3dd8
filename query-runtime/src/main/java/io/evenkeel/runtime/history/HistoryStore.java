// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.history;

import java.util.List;
import java.util.SortedMap;

/**
 * The logs of shards on one disk, as they were at the end of the last round. A round is written as a whole: whenever the
 * process or the machine ends, what is found later is what some round left, the last one that returned or the one after it.
 * What is read is checked against checksums.
 *
 * <p><b>Threads.</b> Any; one round at a time.
 * <p><b>Failure.</b> After a {@link HistoryUnavailableException} of {@link #write} the round may or may not be there: close the
 * store, open it again, and write each shard wholly.
 */
public interface HistoryStore extends AutoCloseable {

    /**
     * How far the log of each shard is here; in the order of shards, none for a shard of which nothing is here.
     *
     * @throws HistoryUnavailableException if it cannot be read, or is damaged
     */
    List<HistoryMark> marks();

    /**
     * The batches of a shard as they were given, oldest first.
     *
     * @throws HistoryUnavailableException if they cannot be read, or are damaged
     */
    List<byte[]> batches(int shard);

    /**
     * The highest session on each queue of which any round told.
     *
     * @throws HistoryUnavailableException if they cannot be read, or are damaged
     */
    SortedMap<String, Long> sessions();

    /**
     * Writes all of a round, or nothing. It is on the disk when this returns.
     *
     * @throws HistoryUnavailableException if the disk refuses it, such as a full one
     */
    void write(HistoryRound round);

    /** What the store takes on the disk, in bytes; 0 if the disk does not tell. */
    long bytes();

    /** Closes the files. Nothing is lost without it. */
    @Override
    void close();
}
