// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.hazelcast;

import com.hazelcast.cluster.Member;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.HazelcastInstanceAware;
import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import com.hazelcast.nio.serialization.IdentifiedDataSerializable;
import java.util.Collection;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Asks a node whom it takes for the members of the cluster. */
final class MembersTask implements Callable<String>, IdentifiedDataSerializable, HazelcastInstanceAware {
    private transient @Nullable HazelcastInstance grid;

    @Override
    public void setHazelcastInstance(HazelcastInstance instance) {
        grid = instance;
    }

    /** A {@link #textOf}; empty: it agrees with nobody. */
    @Override
    public String call() {
        HazelcastInstance asked = grid;
        return asked == null || Merging.isUnderWay(asked)
                ? ""
                : textOf(asked.getCluster().getMembers());
    }

    /** The same text for the same members. */
    static String textOf(Collection<Member> members) {
        return members.stream()
                .map(member -> member.getUuid().toString())
                .sorted()
                .collect(Collectors.joining(" "));
    }

    @Override
    public int getFactoryId() {
        return GridTypes.FACTORY;
    }

    @Override
    public int getClassId() {
        return GridTypes.MEMBERS_TASK;
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
