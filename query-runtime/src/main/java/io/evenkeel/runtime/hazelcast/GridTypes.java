// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.hazelcast;

import com.hazelcast.nio.serialization.DataSerializableFactory;
import com.hazelcast.nio.serialization.IdentifiedDataSerializable;

/** Numbers of the types that travel between nodes. They are part of the wire format: never change or reuse one. */
final class GridTypes implements DataSerializableFactory {
    static final int FACTORY = 7001;
    static final int LOG_KEY = 1;
    static final int HEADER = 2;
    static final int SEGMENT = 3;
    static final int CLAIM = 4;
    static final int CLAIM_BACKUP = 5;
    static final int APPEND = 6;
    static final int APPEND_BACKUP = 7;
    static final int SEAL = 8;
    static final int TRIM = 9;
    static final int APPLY_TASK = 10;
    static final int APPLY_REPLY = 11;
    static final int NEXT_GENERATION = 12;
    static final int PROGRESS_TASK = 13;
    static final int SAFETY_TASK = 14;
    static final int CLEAN = 15;
    static final int REMEMBER = 16;
    static final int LATEST_WINS = 17;
    static final int RESTORE = 18;
    static final int FORGET_TASK = 19;
    static final int MEMBERS_TASK = 20;

    @Override
    public IdentifiedDataSerializable create(int typeId) {
        return switch (typeId) {
            case LOG_KEY -> new LogKey();
            case HEADER -> new ShardHeader();
            case SEGMENT -> new LogSegment();
            case CLAIM -> new ClaimProcessor();
            case CLAIM_BACKUP -> new ClaimProcessor.OnBackup();
            case APPEND -> new AppendProcessor();
            case APPEND_BACKUP -> new AppendProcessor.OnBackup();
            case SEAL -> new SealProcessor();
            case TRIM -> new TrimProcessor();
            case APPLY_TASK -> new ApplyTask();
            case APPLY_REPLY -> new ApplyReply();
            case NEXT_GENERATION -> new NextGeneration();
            case PROGRESS_TASK -> new ProgressTask();
            case SAFETY_TASK -> new SafetyTask();
            case CLEAN -> new CleanProcessor();
            case REMEMBER -> new RememberProcessor();
            case LATEST_WINS -> new LatestWins();
            case RESTORE -> new RestoreProcessor();
            case FORGET_TASK -> new ForgetTask();
            case MEMBERS_TASK -> new MembersTask();
            default ->
                throw new IllegalArgumentException("Expected a type of the grid between 1 and 20, but got " + typeId
                        + ". Do all nodes run the same version?");
        };
    }
}
