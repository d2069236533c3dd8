// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.shard;

import java.util.Collections;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What an instance is not shown, because it threw. Instances with the same profile share an engine; nearly all have
 * {@link #SOUND}.
 *
 * @param stoppedAt sequence of the batch from which on nothing is shown and no timer fires; {@link Long#MAX_VALUE}: never
 * @param hidden    by key the sequence of the batch after which nothing of that key is shown
 * @param skipped   message ids of single events that are not shown
 */
record Profile(long stoppedAt, SortedMap<String, Long> hidden, SortedSet<String> skipped) {
    static final Profile SOUND = new Profile(Long.MAX_VALUE, new TreeMap<>(), new TreeSet<>());

    Profile {
        hidden = Collections.unmodifiableSortedMap(new TreeMap<>(hidden));
        skipped = Collections.unmodifiableSortedSet(new TreeSet<>(skipped));
    }

    boolean isSound() {
        return equals(SOUND);
    }

    boolean isStopped(long sequence) {
        return sequence >= stoppedAt;
    }

    boolean hides(LoggedCause event, String key) {
        return skipped.contains(event.messageId()) || event.sequence() > hidden.getOrDefault(key, Long.MAX_VALUE);
    }

    /** True if what a timer of this key emits is not wanted. */
    boolean mutes(String key, long sequence) {
        return sequence > hidden.getOrDefault(key, Long.MAX_VALUE);
    }
}
