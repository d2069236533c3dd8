// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.hazelcast;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.HazelcastInstanceAware;
import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import com.hazelcast.nio.serialization.IdentifiedDataSerializable;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Tells another node how far receivers have read. */
final class ProgressTask implements Runnable, IdentifiedDataSerializable, HazelcastInstanceAware {
    private Progress.Report report = Progress.Report.NONE;
    private transient @Nullable HazelcastInstance grid;

    ProgressTask() {}

    ProgressTask(Progress.Report report) {
        this.report = report;
    }

    @Override
    public void setHazelcastInstance(HazelcastInstance instance) {
        grid = instance;
    }

    @Override
    public void run() {
        ShardHost.of(grid).progress().merge(report);
    }

    @Override
    public int getFactoryId() {
        return GridTypes.FACTORY;
    }

    @Override
    public int getClassId() {
        return GridTypes.PROGRESS_TASK;
    }

    @Override
    public void writeData(ObjectDataOutput out) throws IOException {
        report.write(out);
    }

    @Override
    public void readData(ObjectDataInput in) throws IOException {
        report = Progress.Report.read(in);
    }
}
