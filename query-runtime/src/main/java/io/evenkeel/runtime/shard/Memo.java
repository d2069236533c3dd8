// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.shard;

/**
 * What a shard has its log keep beside the batches, for the next owner: what is known of errors, and up to where all is committed. The
 * commits of a source with more to deliver are in the log with its next batch. Those of one that is idle would be forgotten with the owner,
 * and what it had delivered would pin the log until it has a message again, perhaps for ever.
 */
final class Memo {
    private static final int FORMAT = 2;
    /** The same without commits. */
    private static final int FORMAT_OF_ERRORS = 1;

    /** Commits are written no more often than that while sources are idle for moments. */
    private static final long PACE_MS = 10_000;

    private final int shard;
    private final Isolation isolation;
    private final int settledAfter;
    private long knownBefore;
    private long writtenMs = Long.MIN_VALUE / 2;

    /** @param settledAfter as many committed messages a source tells that is idle for longer */
    Memo(int shard, Isolation isolation, int settledAfter) {
        this.shard = shard;
        this.isolation = isolation;
        this.settledAfter = settledAfter;
    }

    /**
     * Takes in what the last owner has written, once; what is about errors goes to where it came from.
     *
     * @param bytes empty if nothing was
     * @return the sequence before which all causes are confirmed
     */
    long read(byte[] bytes) {
        if (bytes.length == 0) {
            return 0;
        }
        ByteReader in = new ByteReader(bytes);
        int format = in.readInt();
        if (format != FORMAT && format != FORMAT_OF_ERRORS) {
            throw new IllegalStateException("Expected what shard " + shard + " keeps beside its log in format " + FORMAT
                    + ", but it is in format " + format + ". Do all nodes run the same version?");
        }
        long confirmedBefore = format == FORMAT ? in.readLong() : 0;
        isolation.read(in);
        return confirmedBefore;
    }

    /** The log tells by itself that all causes before a sequence are confirmed. */
    void known(long confirmedBefore) {
        knownBefore = confirmedBefore;
    }

    /** What {@link #read} reads. */
    byte[] write(long confirmedBefore) {
        knownBefore = confirmedBefore;
        ByteWriter out = new ByteWriter(256);
        out.writeInt(FORMAT);
        out.writeLong(confirmedBefore);
        isolation.write(out);
        return out.toByteArray();
    }

    /** The same because a request {@linkplain #lacks told of commits}. */
    byte[] write(long confirmedBefore, long stampMs) {
        writtenMs = stampMs;
        return write(confirmedBefore);
    }

    /** True if a request that only confirms told of commits that are worth to be written now. */
    boolean lacks(long confirmedBefore, ShardRequest request, long stampMs) {
        return request.causes().isEmpty()
                && confirmedBefore > knownBefore
                && (stampMs - writtenMs >= PACE_MS || request.source().committed() >= settledAfter);
    }
}
