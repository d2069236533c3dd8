// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.hazelcast;

import static java.util.Objects.requireNonNull;

import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import com.hazelcast.nio.serialization.IdentifiedDataSerializable;
import io.evenkeel.runtime.shard.LogBatch;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the grid keeps of a shard under one key: who may write, and the open tail of the log. Immutable once it is in the
 * grid, because the grid's threads serialize it while others go on. An append makes a header that shares the old tail,
 * so that it costs what it adds.
 */
final class ShardHeader implements IdentifiedDataSerializable {
    /** Newest first. */
    private record Tail(LogBatch batch, @Nullable Tail older) {}

    /** A sealed segment and the sequences that it holds. */
    record Sealed(long segment, long first, long last) {}

    /**
     * Numbers of segments that an epoch has for itself. A writer gives each of its writes a number of its own, also if it tries
     * again: one that is held back for long must not replace what another wrote under that number.
     */
    static final long SEGMENTS_OF_AN_EPOCH = 1L << 20;

    /** A number that nothing which was written before has, whoever wrote it. */
    static long freshSegment() {
        return System.currentTimeMillis() * SEGMENTS_OF_AN_EPOCH;
    }

    private long epoch;
    private long written;
    private String owner = "";
    private String claim = "";
    private long next = 1;
    private long nextSegment = 1;
    private byte[] remembered = {};
    private List<Sealed> segments = List.of();
    private @Nullable Tail tail;

    ShardHeader() {}

    private ShardHeader(ShardHeader other) {
        epoch = other.epoch;
        written = other.written;
        owner = other.owner;
        claim = other.claim;
        next = other.next;
        nextSegment = other.nextSegment;
        remembered = other.remembered;
        segments = other.segments;
        tail = other.tail;
    }

    long epoch() {
        return epoch;
    }

    /**
     * The latest epoch in which a batch was appended, or something remembered, as an owner does before it answers with what was
     * there; 0 if there is none.
     */
    long written() {
        return written;
    }

    String owner() {
        return owner;
    }

    /** Names the claim that made this epoch, so that a claim that is executed twice is seen to be one. */
    String claim() {
        return claim;
    }

    long next() {
        return next;
    }

    long nextSegment() {
        return nextSegment;
    }

    /** What the writer keeps beside the log. Not a copy: do not change it. */
    byte[] remembered() {
        return remembered;
    }

    List<Sealed> segments() {
        return segments;
    }

    /** The batches that are in no segment yet, oldest first. */
    List<LogBatch> tail() {
        Deque<LogBatch> batches = new ArrayDeque<>();
        for (Tail cell = tail; cell != null; cell = cell.older()) {
            batches.addFirst(cell.batch());
        }
        return new ArrayList<>(batches);
    }

    /** The batches from a sequence on that are in no segment yet, oldest first. Costs what it returns. */
    List<LogBatch> tailFrom(long sequence) {
        Deque<LogBatch> batches = new ArrayDeque<>();
        for (Tail cell = tail; cell != null && cell.batch().sequence() >= sequence; cell = cell.older()) {
            batches.addFirst(cell.batch());
        }
        return new ArrayList<>(batches);
    }

    /** Sequence of the oldest batch; that of the next one if there is none. */
    long first() {
        return segments.isEmpty() ? firstOfTail() : segments.get(0).first();
    }

    /** Sequence of the newest batch in a segment; 0 if there is none. */
    long lastSealed() {
        return segments.isEmpty() ? 0 : segments.get(segments.size() - 1).last();
    }

    /** Sequence of the oldest batch that is in no segment; that of the next one if there is none. */
    long firstOfTail() {
        long first = next;
        for (Tail cell = tail; cell != null; cell = cell.older()) {
            first = cell.batch().sequence();
        }
        return first;
    }

    ShardHeader claimed(long newEpoch, String newOwner, String newClaim) {
        // In another part of the grid another node may claim the same log: each has every so manieth range of numbers.
        long turn = SEGMENTS_OF_AN_EPOCH * Terms.NODES;
        long turns = Math.max(nextSegment, freshSegment()) / turn + 1;
        long number = turns * turn + SEGMENTS_OF_AN_EPOCH * Terms.nodeOfEpoch(newEpoch);
        return claimed(newEpoch, newOwner, newClaim, number);
    }

    ShardHeader claimed(long newEpoch, String newOwner, String newClaim, long newNextSegment) {
        ShardHeader header = new ShardHeader(this);
        header.nextSegment = newNextSegment;
        header.epoch = newEpoch;
        header.owner = newOwner;
        header.claim = newClaim;
        return header;
    }

    /** @param inEpoch the writer's, which a copy may not have heard of yet */
    ShardHeader appended(LogBatch batch, long inEpoch) {
        ShardHeader header = new ShardHeader(this);
        header.next = batch.sequence() + 1;
        header.written = inEpoch;
        header.tail = new Tail(batch, tail);
        return header;
    }

    ShardHeader remembering(byte[] bytes) {
        ShardHeader header = new ShardHeader(this);
        header.remembered = bytes;
        header.written = epoch;
        return header;
    }

    ShardHeader sealed(Sealed segment) {
        ShardHeader header = new ShardHeader(this);
        header.segments = new ArrayList<>(segments);
        header.segments.add(segment);
        header.nextSegment = segment.segment() + 1;
        header.tail = tailAfter(segment.last());
        return header;
    }

    ShardHeader trimmed(long firstNeeded) {
        ShardHeader header = new ShardHeader(this);
        header.segments = segments.stream()
                .filter(segment -> segment.last() >= firstNeeded)
                .toList();
        header.tail = tailAfter(firstNeeded - 1);
        return header;
    }

    /** A log of whole segments in place of this one, which had no batches. */
    ShardHeader restored(long newWritten, long newNext, byte[] newRemembered, List<Sealed> restored) {
        ShardHeader header = new ShardHeader(this);
        header.next = newNext;
        header.written = newWritten;
        header.remembered = newRemembered;
        header.segments = List.copyOf(restored);
        header.nextSegment = restored.stream().mapToLong(Sealed::segment).max().orElse(nextSegment - 1) + 1;
        return header;
    }

    /** The same log with other segments in place of the first ones. */
    ShardHeader cleaned(int count, List<Sealed> instead) {
        ShardHeader header = new ShardHeader(this);
        header.segments = new ArrayList<>(instead);
        header.segments.addAll(segments.subList(count, segments.size()));
        header.nextSegment = instead.isEmpty()
                ? nextSegment
                : instead.get(instead.size() - 1).segment() + 1;
        return header;
    }

    private @Nullable Tail tailAfter(long sequence) {
        Tail kept = null;
        for (LogBatch batch : tail()) {
            if (batch.sequence() > sequence) {
                kept = new Tail(batch, kept);
            }
        }
        return kept;
    }

    @Override
    public int getFactoryId() {
        return GridTypes.FACTORY;
    }

    @Override
    public int getClassId() {
        return GridTypes.HEADER;
    }

    @Override
    public void writeData(ObjectDataOutput out) throws IOException {
        out.writeLong(epoch);
        out.writeLong(written);
        out.writeString(owner);
        out.writeString(claim);
        out.writeLong(next);
        out.writeLong(nextSegment);
        out.writeByteArray(remembered);
        writeSealed(out, segments);
        Wire.writeBatches(out, tail());
    }

    @Override
    public void readData(ObjectDataInput in) throws IOException {
        epoch = in.readLong();
        written = in.readLong();
        owner = Wire.readText(in);
        claim = Wire.readText(in);
        next = in.readLong();
        nextSegment = in.readLong();
        remembered = requireNonNull(in.readByteArray());
        segments = readSealed(in);
        for (LogBatch batch : Wire.readBatches(in)) {
            tail = new Tail(batch, tail);
        }
    }

    static void writeSealed(ObjectDataOutput out, List<Sealed> segments) throws IOException {
        out.writeInt(segments.size());
        for (Sealed segment : segments) {
            out.writeLong(segment.segment());
            out.writeLong(segment.first());
            out.writeLong(segment.last());
        }
    }

    static List<Sealed> readSealed(ObjectDataInput in) throws IOException {
        int count = in.readInt();
        List<Sealed> segments = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            segments.add(new Sealed(in.readLong(), in.readLong(), in.readLong()));
        }
        return segments;
    }
}
