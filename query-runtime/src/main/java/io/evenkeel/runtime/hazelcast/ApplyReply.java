// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.hazelcast;

import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import com.hazelcast.nio.serialization.IdentifiedDataSerializable;
import io.evenkeel.runtime.shard.ShardReply;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** What an owner answers to a receiver: a reply for each shard that it served, and which it could not serve. */
final class ApplyReply implements IdentifiedDataSerializable {
    private List<ShardReply> replies = List.of();
    private List<Integer> unserved = List.of();
    private String stale = "";

    ApplyReply() {}

    ApplyReply(List<ShardReply> replies, List<Integer> unserved, String stale) {
        this.replies = List.copyOf(replies);
        this.unserved = List.copyOf(unserved);
        this.stale = stale;
    }

    List<ShardReply> replies() {
        return replies;
    }

    /** Shards that this node does not own, or whose log did not answer: look the owner up again and repeat. */
    List<Integer> unserved() {
        return unserved;
    }

    /** Why the receiver's session is over; empty if it is not. */
    String stale() {
        return stale;
    }

    @Override
    public int getFactoryId() {
        return GridTypes.FACTORY;
    }

    @Override
    public int getClassId() {
        return GridTypes.APPLY_REPLY;
    }

    @Override
    public void writeData(ObjectDataOutput out) throws IOException {
        out.writeInt(replies.size());
        for (ShardReply reply : replies) {
            Wire.writeReply(out, reply);
        }
        out.writeInt(unserved.size());
        for (int shard : unserved) {
            out.writeInt(shard);
        }
        out.writeString(stale);
    }

    @Override
    public void readData(ObjectDataInput in) throws IOException {
        int count = in.readInt();
        List<ShardReply> read = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            read.add(Wire.readReply(in));
        }
        replies = read;
        int missing = in.readInt();
        List<Integer> shards = new ArrayList<>(missing);
        for (int i = 0; i < missing; i++) {
            shards.add(in.readInt());
        }
        unserved = shards;
        stale = Wire.readText(in);
    }
}
