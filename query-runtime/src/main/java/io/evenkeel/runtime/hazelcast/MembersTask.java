// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.hazelcast;

import com.hazelcast.cluster.Member;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.HazelcastInstanceAware;
import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import com.hazelcast.nio.serialization.IdentifiedDataSerializable;
import java.io.IOException;
import java.util.Collection;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Asks a node whom it takes for the members of the cluster, and for its promise of a {@linkplain Terms term}. */
final class MembersTask implements Callable<String>, IdentifiedDataSerializable, HazelcastInstanceAware {
    /** Begins the answer of a node that has promised as much before, and says how much. */
    private static final String OUTBID = "outbid ";

    private long term;
    private transient @Nullable HazelcastInstance grid;

    MembersTask() {}

    MembersTask(long term) {
        this.term = term;
    }

    @Override
    public void setHazelcastInstance(HazelcastInstance instance) {
        grid = instance;
    }

    /** A {@link #textOf}, with the promise; empty: it agrees with nobody; or a text of which {@link #outbid} tells the term. */
    @Override
    public String call() {
        HazelcastInstance asked = grid;
        if (asked == null || Merging.isUnderWay(asked)) {
            return "";
        }
        Terms terms = Terms.of(asked);
        return terms.promise(term) ? textOf(asked.getCluster().getMembers()) : OUTBID + terms.highest();
    }

    /** The term that a node has promised before, if that is its answer; 0 if not. */
    static long outbid(String answer) {
        return answer.startsWith(OUTBID) ? Long.parseLong(answer.substring(OUTBID.length())) : 0;
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
    public void writeData(ObjectDataOutput out) throws IOException {
        out.writeLong(term);
    }

    @Override
    public void readData(ObjectDataInput in) throws IOException {
        term = in.readLong();
    }
}
