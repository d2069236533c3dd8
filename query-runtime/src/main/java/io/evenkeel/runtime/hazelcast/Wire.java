// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.hazelcast;

import static java.util.Objects.requireNonNull;

import com.hazelcast.internal.nio.BufferObjectDataOutput;
import com.hazelcast.internal.serialization.InternalSerializationService;
import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import io.evenkeel.query.InstanceId;
import io.evenkeel.runtime.plan.SourceTimes;
import io.evenkeel.runtime.shard.CauseBlock;
import io.evenkeel.runtime.shard.LateEvent;
import io.evenkeel.runtime.shard.LogBatch;
import io.evenkeel.runtime.shard.Match;
import io.evenkeel.runtime.shard.ShardReply;
import io.evenkeel.runtime.shard.ShardRequest;
import io.evenkeel.runtime.shard.Source;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** How the shard's records are written for the grid. */
final class Wire {
    private Wire() {}

    /** What writes a record. */
    interface Writer {
        void write(ObjectDataOutput out) throws IOException;
    }

    /** For files: what travels is written by the grid. */
    static byte[] toBytes(InternalSerializationService serialization, Writer writer) {
        return toBytes(serialization.createObjectDataOutput(), writer);
    }

    /** @param buffer used for nothing else meanwhile; with one for many records each costs no more than its bytes */
    static byte[] toBytes(BufferObjectDataOutput buffer, Writer writer) {
        try {
            buffer.clear();
            writer.write(buffer);
            return buffer.toByteArray();
        } catch (IOException e) {
            throw new UncheckedIOException("Memory can be written to", e);
        }
    }

    static void writeBatch(ObjectDataOutput out, LogBatch batch) throws IOException {
        out.writeLong(batch.sequence());
        out.writeLong(batch.engineTimeMs());
        out.writeLong(batch.stampMs());
        writeTimes(out, batch.clocks());
        writeRequest(out, batch.request());
    }

    static LogBatch readBatch(ObjectDataInput in) throws IOException {
        return new LogBatch(in.readLong(), in.readLong(), in.readLong(), readTimes(in), readRequest(in));
    }

    static void writeBatches(ObjectDataOutput out, List<LogBatch> batches) throws IOException {
        out.writeInt(batches.size());
        for (LogBatch batch : batches) {
            writeBatch(out, batch);
        }
    }

    static List<LogBatch> readBatches(ObjectDataInput in) throws IOException {
        int count = in.readInt();
        List<LogBatch> batches = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            batches.add(readBatch(in));
        }
        return batches;
    }

    static void writeRequest(ObjectDataOutput out, ShardRequest request) throws IOException {
        out.writeInt(request.shard());
        writeSource(out, request.source());
        writeTimes(out, request.watermarks());
        out.writeByteArray(request.causes().bytes());
    }

    static ShardRequest readRequest(ObjectDataInput in) throws IOException {
        return new ShardRequest(
                in.readInt(), readSource(in), readTimes(in), CauseBlock.decode(requireNonNull(in.readByteArray())));
    }

    private static void writeSource(ObjectDataOutput out, Source source) throws IOException {
        out.writeString(source.queue());
        out.writeLong(source.generation());
        out.writeLong(source.batch());
        out.writeLong(source.confirmedThrough());
        out.writeLong(source.committed());
        out.writeBoolean(source.strict());
    }

    private static Source readSource(ObjectDataInput in) throws IOException {
        return new Source(readText(in), in.readLong(), in.readLong(), in.readLong(), in.readLong(), in.readBoolean());
    }

    static void writeTimes(ObjectDataOutput out, SortedMap<String, Long> times) throws IOException {
        out.writeInt(times.size());
        for (var time : times.entrySet()) {
            out.writeString(time.getKey());
            out.writeLong(time.getValue());
        }
    }

    static SortedMap<String, Long> readTimes(ObjectDataInput in) throws IOException {
        int count = in.readInt();
        SortedMap<String, Long> times = new TreeMap<>();
        for (int i = 0; i < count; i++) {
            times.put(readText(in), in.readLong());
        }
        return times;
    }

    static void writeSources(ObjectDataOutput out, SourceTimes sources) throws IOException {
        out.writeInt(sources.byQuery().size());
        for (var query : sources.byQuery().entrySet()) {
            out.writeString(query.getKey());
            out.writeInt(query.getValue().size());
            for (var input : query.getValue().entrySet()) {
                out.writeString(input.getKey());
                out.writeLong(input.getValue().timeMs());
                out.writeLong(input.getValue().sinceMs());
                out.writeLong(input.getValue().ingressMs());
            }
        }
    }

    static SourceTimes readSources(ObjectDataInput in) throws IOException {
        SourceTimes sources = new SourceTimes();
        for (int queries = in.readInt(); queries > 0; queries--) {
            String query = readText(in);
            for (int inputs = in.readInt(); inputs > 0; inputs--) {
                sources.raise(
                        query, readText(in), new SourceTimes.Reached(in.readLong(), in.readLong(), in.readLong()));
            }
        }
        return sources;
    }

    static void writeReply(ObjectDataOutput out, ShardReply reply) throws IOException {
        out.writeInt(reply.shard());
        out.writeInt(reply.logged());
        out.writeInt(reply.answered());
        out.writeInt(reply.repeated());
        out.writeInt(reply.late().size());
        for (LateEvent late : reply.late()) {
            out.writeString(late.query());
            out.writeString(late.messageId());
            out.writeLong(late.lateMs());
        }
        out.writeInt(reply.matches().size());
        for (Match match : reply.matches()) {
            out.writeString(match.instance().query());
            out.writeString(match.instance().name());
            out.writeInt(match.ordinal());
            out.writeInt(match.version());
            out.writeString(match.key());
            out.writeString(match.cause());
            out.writeString(match.event());
            out.writeString(match.destination());
            out.writeString(match.body());
        }
    }

    static ShardReply readReply(ObjectDataInput in) throws IOException {
        int shard = in.readInt();
        int logged = in.readInt();
        int answered = in.readInt();
        int repeated = in.readInt();
        int tooLate = in.readInt();
        List<LateEvent> late = new ArrayList<>(tooLate);
        for (int i = 0; i < tooLate; i++) {
            late.add(new LateEvent(readText(in), readText(in), in.readLong()));
        }
        int count = in.readInt();
        List<Match> matches = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            matches.add(new Match(
                    new InstanceId(readText(in), readText(in)),
                    in.readInt(),
                    in.readInt(),
                    readText(in),
                    readText(in),
                    readText(in),
                    readText(in),
                    readText(in)));
        }
        return new ShardReply(shard, matches, late, logged, answered, repeated);
    }

    static String readText(ObjectDataInput in) throws IOException {
        return requireNonNull(in.readString(), "text");
    }
}
