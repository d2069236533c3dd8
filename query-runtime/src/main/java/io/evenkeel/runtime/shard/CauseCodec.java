// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.shard;

import io.evenkeel.query.Event;
import io.evenkeel.query.EventType;
import io.evenkeel.query.FieldType;
import io.evenkeel.query.InstanceId;
import io.evenkeel.runtime.shard.Cause.EventCause;
import io.evenkeel.runtime.shard.Cause.OrderCause;
import io.evenkeel.runtime.shard.Cause.TickCause;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Bytes of a block of causes. Each block carries the event types that it uses, so that it can be read after a type has
 * changed and without a catalog.
 *
 * <pre>
 * block  = format, count, types, queries, cause*
 * types  = count, (name, fields, (name, type)*)*
 * queries = count, name*
 * cause  = EVENT, messageId, ingress, eventId or "", type index, marks, value*
 *        | TICK, messageId, ingress, until, watermarks
 *        | ORDER, messageId, ingress, query, instance, key, order
 * marks  = count, (query index, watermark)*
 * value  = 0 (null)  |  1, the value in the form of its field's type
 * </pre>
 */
final class CauseCodec {
    private static final byte FORMAT = 2;
    private static final byte EVENT = 0;
    private static final byte TICK = 1;
    private static final byte ORDER = 2;
    /** An event of some 100 bytes of JSON with its ids: a guess that is too low costs a copy of the whole block. */
    private static final int TYPICAL_BYTES = 160;

    private CauseCodec() {}

    static byte[] encode(List<Cause> causes) {
        Map<EventType, Integer> indexes = new HashMap<>();
        List<EventType> types = new ArrayList<>();
        for (Cause cause : causes) {
            if (cause instanceof EventCause event
                    && (types.isEmpty()
                            || types.get(types.size() - 1) != event.event().type())
                    && indexes.putIfAbsent(event.event().type(), types.size()) == null) {
                types.add(event.event().type());
            }
        }
        ByteWriter out = new ByteWriter(64 + causes.size() * TYPICAL_BYTES);
        out.writeByte(FORMAT);
        out.writeInt(causes.size());
        out.writeInt(types.size());
        types.forEach(type -> writeType(out, type));
        SortedMap<String, Integer> queries = queries(causes);
        out.writeInt(queries.size());
        queries.keySet().forEach(out::writeString);
        EventType last = null;
        int lastIndex = 0;
        for (Cause cause : causes) {
            if (cause instanceof EventCause event) {
                EventType type = event.event().type();
                if (type != last) {
                    last = type;
                    lastIndex = indexes.getOrDefault(type, 0);
                }
                writeEvent(out, event, lastIndex, queries);
            } else if (cause instanceof TickCause tick) {
                writeTick(out, tick);
            } else {
                writeOrder(out, (OrderCause) cause);
            }
        }
        return out.toByteArray();
    }

    /** The queries that causes have watermarks of, with their indexes. */
    private static SortedMap<String, Integer> queries(List<Cause> causes) {
        SortedMap<String, Integer> queries = new TreeMap<>();
        for (Cause cause : causes) {
            if (cause instanceof EventCause event && !event.watermarks().isEmpty()) {
                event.watermarks().keySet().forEach(query -> queries.put(query, 0));
            }
        }
        int index = 0;
        for (Map.Entry<String, Integer> query : queries.entrySet()) {
            query.setValue(index++);
        }
        return queries;
    }

    /** The number of causes in a block, without reading them. */
    static int count(byte[] bytes) {
        return start(bytes).readInt();
    }

    static List<Cause> decode(byte[] bytes) {
        ByteReader in = start(bytes);
        int count = in.readInt();
        EventType[] types = new EventType[in.readInt()];
        for (int i = 0; i < types.length; i++) {
            types[i] = readType(in);
        }
        String[] queries = new String[in.readInt()];
        for (int i = 0; i < queries.length; i++) {
            queries[i] = in.readString();
        }
        List<Cause> causes = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            byte kind = in.readByte();
            causes.add(kind == EVENT ? readEvent(in, types, queries) : kind == TICK ? readTick(in) : readOrder(in));
        }
        return causes;
    }

    private static ByteReader start(byte[] bytes) {
        ByteReader in = new ByteReader(bytes);
        byte format = in.readByte();
        if (format != FORMAT) {
            throw new IllegalStateException("Expected a block of causes in format " + FORMAT + ", but it is in format "
                    + format + ". Do all nodes run the same version?");
        }
        return in;
    }

    private static void writeType(ByteWriter out, EventType type) {
        out.writeString(type.name());
        out.writeInt(type.fields().size());
        for (EventType.Field field : type.fields()) {
            out.writeString(field.name());
            out.writeString(field.type().name());
        }
    }

    private static EventType readType(ByteReader in) {
        String name = in.readString();
        int count = in.readInt();
        List<EventType.Field> fields = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            fields.add(new EventType.Field(in.readString(), FieldType.valueOf(in.readString())));
        }
        return new EventType(name, "", fields);
    }

    private static void writeEvent(
            ByteWriter out, EventCause cause, int typeIndex, SortedMap<String, Integer> queries) {
        out.writeByte(EVENT);
        out.writeString(cause.messageId());
        out.writeLong(cause.ingressMs());
        out.writeString(cause.eventId().equals(cause.messageId()) ? "" : cause.eventId());
        out.writeInt(typeIndex);
        Map<String, Long> marks = cause.watermarks();
        out.writeInt(marks.size());
        // In an order that every process has: the same causes are the same bytes.
        (marks.size() > 1 ? new TreeMap<>(marks) : marks).forEach((query, watermark) -> {
            out.writeInt(queries.getOrDefault(query, 0));
            out.writeLong(watermark);
        });
        List<EventType.Field> fields = cause.event().type().fields();
        @Nullable Object[] values = cause.event().values();
        for (int i = 0; i < values.length; i++) {
            out.writeValue(fields.get(i).type(), values[i]);
        }
    }

    private static Cause readEvent(ByteReader in, EventType[] types, String[] queries) {
        String messageId = in.readString();
        long ingress = in.readLong();
        String eventId = in.readString();
        EventType type = types[in.readInt()];
        int marks = in.readInt();
        Map<String, Long> watermarks = marks == 0 ? Map.of() : new HashMap<>();
        for (int i = 0; i < marks; i++) {
            watermarks.put(queries[in.readInt()], in.readLong());
        }
        List<EventType.Field> fields = type.fields();
        @Nullable Object[] values = new @Nullable Object[fields.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = in.readValue(fields.get(i).type());
        }
        return new EventCause(
                messageId, eventId.isEmpty() ? messageId : eventId, new Event(type, values), ingress, watermarks);
    }

    private static void writeTick(ByteWriter out, TickCause cause) {
        out.writeByte(TICK);
        out.writeString(cause.messageId());
        out.writeLong(cause.ingressMs());
        out.writeLong(cause.untilMs());
        out.writeInt(cause.watermarks().size());
        cause.watermarks().forEach((query, watermark) -> {
            out.writeString(query);
            out.writeLong(watermark);
        });
    }

    private static Cause readTick(ByteReader in) {
        String messageId = in.readString();
        long ingress = in.readLong();
        long until = in.readLong();
        int count = in.readInt();
        SortedMap<String, Long> watermarks = new TreeMap<>();
        for (int i = 0; i < count; i++) {
            watermarks.put(in.readString(), in.readLong());
        }
        return new TickCause(messageId, ingress, until, watermarks);
    }

    private static void writeOrder(ByteWriter out, OrderCause cause) {
        out.writeByte(ORDER);
        out.writeString(cause.messageId());
        out.writeLong(cause.ingressMs());
        out.writeString(cause.instance().query());
        out.writeString(cause.instance().name());
        out.writeString(cause.key());
        out.writeString(cause.order().name());
        out.writeString(cause.reason());
    }

    private static Cause readOrder(ByteReader in) {
        return new OrderCause(
                in.readString(),
                in.readLong(),
                new InstanceId(in.readString(), in.readString()),
                in.readString(),
                Order.valueOf(in.readString()),
                in.readString());
    }
}
