// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.hazelcast;

import com.hazelcast.map.EntryProcessor;
import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import com.hazelcast.nio.serialization.IdentifiedDataSerializable;
import java.io.IOException;
import java.util.Map;

/**
 * Gives a shard in which nothing was ever logged the log of another cluster. It raises the epoch: whoever holds the shard is
 * fenced, and reads the log when it claims again. Executed twice, it restores once. Returns whether the shard has the log.
 */
final class RestoreProcessor implements EntryProcessor<LogKey, ShardHeader, Boolean>, IdentifiedDataSerializable {
    private static final long serialVersionUID = 1L;

    private String claim = "";
    private ShardImage image = new ShardImage();

    RestoreProcessor() {}

    /** @param claim names this restore among all claims of the cluster */
    RestoreProcessor(String claim, ShardImage image) {
        this.claim = claim;
        this.image = image;
    }

    @Override
    public Boolean process(Map.Entry<LogKey, ShardHeader> entry) {
        ShardHeader header = entry.getValue() == null ? new ShardHeader() : entry.getValue();
        if (header.claim().equals(claim)) {
            return true;
        }
        if (header.next() != 1) {
            return false;
        }
        entry.setValue(header.claimed(header.epoch() + 1, "", claim).restored(image));
        return true;
    }

    @Override
    public int getFactoryId() {
        return GridTypes.FACTORY;
    }

    @Override
    public int getClassId() {
        return GridTypes.RESTORE;
    }

    @Override
    public void writeData(ObjectDataOutput out) throws IOException {
        out.writeString(claim);
        image.writeData(out);
    }

    @Override
    public void readData(ObjectDataInput in) throws IOException {
        claim = Wire.readText(in);
        image = new ShardImage();
        image.readData(in);
    }
}
