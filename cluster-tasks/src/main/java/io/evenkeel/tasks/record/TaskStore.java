// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.tasks.record;

import java.util.Map;
import java.util.Optional;

/**
 * What all nodes know of tasks and jobs. For any thread; calls ask the grid, and block until it answers.
 *
 * <p>All throw {@link TasksUnavailableException} in a minority, and if it is not known whether a write has happened: then
 * read again, or write the same again.
 */
public interface TaskStore {
    /** A value; it may be a little older than what is being written just now. */
    Optional<Stored> read(String key);

    /** All values whose keys begin so, by key. */
    Map<String, Stored> all(String prefix);

    /**
     * Replace a value if it has not changed since it was read. True when the new one is there, with all its copies.
     *
     * @param expected the stamp of the one to replace; 0: none
     * @return false: another one is there, and nothing was written
     */
    boolean swap(String key, long expected, Stored next);

    /** Put a value if there is none with a greater stamp. For what a node had on its disk. */
    void offer(String key, Stored value);

    /** Remove a value if it has not changed since it was read. */
    void forget(String key, long expected);

    /** Keep a piece of a result. Nobody changes one; each is written under a key of its own. */
    void keepPiece(String key, byte[] bytes);

    /** A piece of a result; empty if it is gone. */
    Optional<byte[]> readPiece(String key);
}
