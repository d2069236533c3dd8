// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.catalog;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * The register's value as bytes: its version, so that the grid can compare it without knowing more; then what is open and
 * decided as JSON; then the catalog's own bytes, which stay as they were and keep their hash.
 */
public final class RegisterCodec {
    private static final int FIXED = Long.BYTES + Integer.BYTES;
    private static final JsonMapper JSON = new JsonMapper();

    private record Head(long era, long revision, List<OpenChange> open, List<ChangeRecord> decided) {}

    private RegisterCodec() {}

    public static byte[] encode(RegisterState state) {
        byte[] head;
        try {
            head = JSON.writeValueAsBytes(
                    new Head(state.era(), state.catalog().revision(), state.open(), state.decided()));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("The state of the register is plain data and can be written", e);
        }
        byte[] catalog = state.catalog().bytes();
        return ByteBuffer.allocate(FIXED + head.length + catalog.length)
                .putLong(state.version())
                .putInt(head.length)
                .put(head)
                .put(catalog)
                .array();
    }

    /** Inverse of {@link #encode}. @throws IllegalArgumentException if these are no such bytes */
    public static RegisterState decode(byte[] bytes) {
        try {
            ByteBuffer buffer = ByteBuffer.wrap(bytes);
            long version = buffer.getLong();
            byte[] head = new byte[buffer.getInt()];
            buffer.get(head);
            byte[] catalog = new byte[buffer.remaining()];
            buffer.get(catalog);
            Head read = JSON.readValue(head, Head.class);
            return new RegisterState(
                    version, read.era(), CatalogBytes.of(read.revision(), catalog), read.open(), read.decided());
        } catch (IOException | RuntimeException e) {
            throw new IllegalArgumentException(
                    "Expected the state of the catalog's register, but these bytes are something else. bytes="
                            + bytes.length + ". Do all nodes run the same version?",
                    e);
        }
    }

    /** The version of encoded bytes. */
    public static long versionOf(byte[] bytes) {
        return ByteBuffer.wrap(bytes).getLong();
    }

    public static byte[] encodeRecord(ChangeRecord record) {
        try {
            return JSON.writeValueAsBytes(record);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("A record of a change is plain data and can be written", e);
        }
    }

    public static ChangeRecord decodeRecord(byte[] bytes) {
        try {
            return JSON.readValue(bytes, ChangeRecord.class);
        } catch (IOException e) {
            throw new IllegalArgumentException("Expected the record of a change, but it is something else", e);
        }
    }

    public static byte[] encodeAnswer(Answer answer) {
        try {
            return JSON.writeValueAsBytes(answer);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("An answer is plain data and can be written", e);
        }
    }

    public static Answer decodeAnswer(byte[] bytes) {
        try {
            return JSON.readValue(bytes, Answer.class);
        } catch (IOException e) {
            throw new IllegalArgumentException("Expected the answer of a node, but it is something else", e);
        }
    }
}
