// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.hazelcast;

import com.hazelcast.map.EntryProcessor;
import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import com.hazelcast.nio.serialization.IdentifiedDataSerializable;
import java.util.Map;

/**
 * Numbers the sessions on a queue, so that a later one is known as such. Executed twice it may leave a number out, which
 * does no harm.
 */
final class NextGeneration implements EntryProcessor<String, Long, Long>, IdentifiedDataSerializable {
    private static final long serialVersionUID = 1L;

    @Override
    public Long process(Map.Entry<String, Long> entry) {
        long next = entry.getValue() == null ? 1 : entry.getValue() + 1;
        entry.setValue(next);
        return next;
    }

    @Override
    public int getFactoryId() {
        return GridTypes.FACTORY;
    }

    @Override
    public int getClassId() {
        return GridTypes.NEXT_GENERATION;
    }

    @Override
    public void writeData(ObjectDataOutput out) {
        // It has no fields.
    }

    @Override
    public void readData(ObjectDataInput in) {
        // It has no fields.
    }
}
