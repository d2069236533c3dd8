// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.shard;

import java.util.List;

/**
 * How a shard stands, for people.
 *
 * @param sequence     of the last batch
 * @param engineTimeMs ms since the epoch, by the broker's clock
 * @param batches      in the retained log
 * @param unconfirmed  causes whose commit is not known to have happened
 * @param repeated     events and causes that came again and were not applied, since this node owns the shard
 * @param late         events in the retained log that came after source time had passed them
 * @param held         events that wait until source time has passed them
 * @param expired      causes of relaxed receivers that were taken for confirmed by their age
 * @param troubles     instances that threw
 * @param efforts      how long queries took, since this node owns the shard
 */
public record ShardStatus(
        int shard,
        long epoch,
        long sequence,
        long revision,
        long engineTimeMs,
        int batches,
        int unconfirmed,
        long repeated,
        long late,
        int held,
        long expired,
        List<Trouble> troubles,
        List<Effort> efforts) {
    public ShardStatus {
        troubles = List.copyOf(troubles);
        efforts = List.copyOf(efforts);
    }

    /** The instances that are not evaluated any more, for a key or as a whole. */
    public List<Trouble> quarantines() {
        return troubles.stream().filter(Trouble::quarantined).toList();
    }
}
