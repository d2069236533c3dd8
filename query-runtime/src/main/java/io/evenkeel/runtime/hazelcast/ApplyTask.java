// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.hazelcast;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.HazelcastInstanceAware;
import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import com.hazelcast.nio.serialization.IdentifiedDataSerializable;
import io.evenkeel.runtime.shard.ShardRequest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/** A receiver's request on its way to an owner. */
final class ApplyTask implements Callable<ApplyReply>, IdentifiedDataSerializable, HazelcastInstanceAware {
    private long revision;
    private Progress.Report progress = Progress.Report.NONE;
    private List<ShardRequest> requests = List.of();
    private transient @Nullable HazelcastInstance grid;

    ApplyTask() {}

    /** @param revision of the catalog by which the receiver routed; the owner must not be behind it */
    ApplyTask(long revision, Progress.Report progress, List<ShardRequest> requests) {
        this.revision = revision;
        this.progress = progress;
        this.requests = List.copyOf(requests);
    }

    long revision() {
        return revision;
    }

    Progress.Report progress() {
        return progress;
    }

    /** True if there are only commits to be told, which are told again, and must not hold up the events behind them. */
    boolean onlyConfirms() {
        return !requests.isEmpty()
                && requests.stream().allMatch(request -> request.causes().isEmpty());
    }

    /** True if it is for a receiver that does not wait for the slowest shard. */
    boolean relaxed() {
        return !requests.isEmpty() && !requests.get(0).source().strict();
    }

    List<ShardRequest> requests() {
        return requests;
    }

    @Override
    public void setHazelcastInstance(HazelcastInstance instance) {
        grid = instance;
    }

    @Override
    public ApplyReply call() {
        return ShardHost.of(grid).handle(this);
    }

    @Override
    public int getFactoryId() {
        return GridTypes.FACTORY;
    }

    @Override
    public int getClassId() {
        return GridTypes.APPLY_TASK;
    }

    @Override
    public void writeData(ObjectDataOutput out) throws IOException {
        out.writeLong(revision);
        progress.write(out);
        out.writeInt(requests.size());
        for (ShardRequest request : requests) {
            Wire.writeRequest(out, request);
        }
    }

    @Override
    public void readData(ObjectDataInput in) throws IOException {
        revision = in.readLong();
        progress = Progress.Report.read(in);
        int count = in.readInt();
        List<ShardRequest> read = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            read.add(Wire.readRequest(in));
        }
        requests = read;
    }
}
