// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.hazelcast;

import com.hazelcast.map.EntryProcessor;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads a value and writes it again. A plain read may see a write that has not reached its copies yet and would be gone
 * with the node that it was read from; this one answers when all copies have what it saw.
 */
final class ReadValue implements EntryProcessor<String, byte[], byte @Nullable []> {
    private static final long serialVersionUID = 1L;

    private transient byte @Nullable [] seen;

    @Override
    public byte @Nullable [] process(Map.Entry<String, byte[]> entry) {
        byte[] present = entry.getValue();
        seen = present;
        if (present != null) {
            entry.setValue(present);
        }
        return present;
    }

    @Override
    public @Nullable EntryProcessor<String, byte[], byte @Nullable []> getBackupProcessor() {
        byte[] value = seen;
        return value == null ? null : new ReplaceValue.SetValue(value);
    }
}
