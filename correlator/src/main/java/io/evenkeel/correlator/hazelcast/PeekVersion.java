// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.hazelcast;

import com.hazelcast.core.ReadOnly;
import com.hazelcast.map.EntryProcessor;
import io.evenkeel.correlator.catalog.RegisterCodec;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Answers the version of the register's value; 0 if there is none. */
final class PeekVersion implements EntryProcessor<String, byte[], Long>, ReadOnly {
    private static final long serialVersionUID = 1L;

    @Override
    public Long process(Map.Entry<String, byte[]> entry) {
        byte[] present = entry.getValue();
        return present == null ? 0L : RegisterCodec.versionOf(present);
    }

    @Override
    public @Nullable EntryProcessor<String, byte[], Long> getBackupProcessor() {
        return null;
    }
}
