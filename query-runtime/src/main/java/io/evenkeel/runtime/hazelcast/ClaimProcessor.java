// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.hazelcast;

import com.hazelcast.map.EntryProcessor;
import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import com.hazelcast.nio.serialization.IdentifiedDataSerializable;
import java.io.IOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Raises the epoch for a new owner, to one of its term. Executed twice, it claims once. Returns the epoch; minus that of the log
 * if this is of a higher term.
 */
final class ClaimProcessor implements EntryProcessor<LogKey, ShardHeader, Long>, IdentifiedDataSerializable {
    private static final long serialVersionUID = 1L;

    private String owner = "";
    private String claim = "";
    private long term;
    private transient @Nullable ShardHeader result;

    ClaimProcessor() {}

    /**
     * @param claim names this claim among all of the cluster
     * @param term  under which it is made; 0 for none
     */
    ClaimProcessor(String owner, String claim, long term) {
        this.owner = owner;
        this.claim = claim;
        this.term = term;
    }

    @Override
    public Long process(Map.Entry<LogKey, ShardHeader> entry) {
        ShardHeader header = entry.getValue() == null ? new ShardHeader() : entry.getValue();
        long current = Terms.ofEpoch(header.epoch());
        if (term > 0 && term < current) {
            return -header.epoch();
        }
        if (!header.claim().equals(claim) || term > current) {
            header = header.claimed(Terms.nextEpoch(term, header.epoch()), owner, claim);
            entry.setValue(header);
        }
        result = header;
        return header.epoch();
    }

    @Override
    public @Nullable EntryProcessor<LogKey, ShardHeader, Long> getBackupProcessor() {
        ShardHeader header = result;
        return header == null ? null : new OnBackup(header.epoch(), owner, claim, header.nextSegment());
    }

    @Override
    public int getFactoryId() {
        return GridTypes.FACTORY;
    }

    @Override
    public int getClassId() {
        return GridTypes.CLAIM;
    }

    @Override
    public void writeData(ObjectDataOutput out) throws IOException {
        out.writeString(owner);
        out.writeString(claim);
        out.writeLong(term);
    }

    @Override
    public void readData(ObjectDataInput in) throws IOException {
        owner = Wire.readText(in);
        claim = Wire.readText(in);
        term = in.readLong();
    }

    /** Carries what the primary decided on. */
    static final class OnBackup implements EntryProcessor<LogKey, ShardHeader, Long>, IdentifiedDataSerializable {
        private static final long serialVersionUID = 1L;

        private long epoch;
        private String owner = "";
        private String claim = "";
        private long nextSegment;

        OnBackup() {}

        OnBackup(long epoch, String owner, String claim, long nextSegment) {
            this.epoch = epoch;
            this.owner = owner;
            this.claim = claim;
            this.nextSegment = nextSegment;
        }

        @Override
        public Long process(Map.Entry<LogKey, ShardHeader> entry) {
            ShardHeader header = entry.getValue() == null ? new ShardHeader() : entry.getValue();
            if (header.epoch() < epoch) {
                entry.setValue(header.claimed(epoch, owner, claim, nextSegment));
            }
            return epoch;
        }

        @Override
        public int getFactoryId() {
            return GridTypes.FACTORY;
        }

        @Override
        public int getClassId() {
            return GridTypes.CLAIM_BACKUP;
        }

        @Override
        public void writeData(ObjectDataOutput out) throws IOException {
            out.writeLong(epoch);
            out.writeString(owner);
            out.writeString(claim);
            out.writeLong(nextSegment);
        }

        @Override
        public void readData(ObjectDataInput in) throws IOException {
            epoch = in.readLong();
            owner = Wire.readText(in);
            claim = Wire.readText(in);
            nextSegment = in.readLong();
        }
    }
}
