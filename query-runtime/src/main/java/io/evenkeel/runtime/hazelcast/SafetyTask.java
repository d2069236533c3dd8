// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.hazelcast;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.HazelcastInstanceAware;
import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import com.hazelcast.nio.serialization.IdentifiedDataSerializable;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/** Asks a member whether all copies of what it owns are where they should be, and are up to date. */
final class SafetyTask implements Callable<Boolean>, IdentifiedDataSerializable, HazelcastInstanceAware {
    private transient @Nullable HazelcastInstance grid;

    @Override
    public void setHazelcastInstance(HazelcastInstance instance) {
        grid = instance;
    }

    @Override
    public Boolean call() {
        HazelcastInstance member = grid;
        return member != null && member.getPartitionService().isLocalMemberSafe();
    }

    @Override
    public int getFactoryId() {
        return GridTypes.FACTORY;
    }

    @Override
    public int getClassId() {
        return GridTypes.SAFETY_TASK;
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
