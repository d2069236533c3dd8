// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.tasks.run;

import io.evenkeel.tasks.record.Run;
import io.evenkeel.tasks.record.TaskStore;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The result of a job as it grows, in pieces. A piece is kept under a key that no other run uses, and belongs to the
 * result when a run names it: what a node writes that has been taken over, nobody ever sees. For one thread.
 */
final class ResultPieces {
    static final long MOST_BYTES = 64 * 1024 * 1024;
    private static final int PIECE_BYTES = 256 * 1024;

    private final TaskStore store;
    private final String prefix;
    private final List<String> kept;
    private final ByteArrayOutputStream open = new ByteArrayOutputStream();
    private long bytes;
    private int written;

    /** @param run as it was begun; its pieces are those of its last checkpoint */
    ResultPieces(TaskStore store, Run run) {
        this.store = store;
        this.prefix = "result/" + run.of() + "/" + run.born() + "/" + run.fence() + "/" + run.attempt() + "/";
        this.kept = new ArrayList<>(run.pieces());
        this.bytes = (long) PIECE_BYTES * kept.size();
    }

    void add(String line) {
        byte[] text = line.getBytes(StandardCharsets.UTF_8);
        bytes += text.length + 1;
        if (bytes > MOST_BYTES) {
            throw new ResultTooLargeException(MOST_BYTES);
        }
        open.writeBytes(text);
        open.write('\n');
    }

    boolean full() {
        return open.size() >= PIECE_BYTES;
    }

    /** Keeps what is open as a piece. True if there was anything. */
    boolean flush() {
        if (open.size() == 0) {
            return false;
        }
        String key = prefix + written;
        store.keepPiece(key, open.toByteArray());
        written++;
        kept.add(key);
        open.reset();
        return true;
    }

    List<String> kept() {
        return List.copyOf(kept);
    }
}
