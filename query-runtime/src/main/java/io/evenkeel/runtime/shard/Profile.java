// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.shard;

import java.util.Collections;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What an instance is not shown, because it threw. Instances with the same profile share an engine; nearly all have
 * {@link #SOUND}.
 *
 * @param stopped   from where on nothing is shown and no timer fires
 * @param hidden    by key from where on nothing of that key is shown
 * @param skipped   message ids of single events that are not shown
 */
record Profile(Cut stopped, SortedMap<String, Cut> hidden, SortedSet<String> skipped) {
    static final Profile SOUND = new Profile(Cut.NEVER, new TreeMap<>(), new TreeSet<>());

    Profile {
        hidden = Collections.unmodifiableSortedMap(new TreeMap<>(hidden));
        skipped = Collections.unmodifiableSortedSet(new TreeSet<>(skipped));
    }

    boolean isSound() {
        return equals(SOUND);
    }

    /** @param atWork null: before the first cause */
    boolean isStopped(@Nullable LoggedCause atWork) {
        return atWork != null && stopped.hides(atWork);
    }

    boolean hides(LoggedCause event, String key) {
        Cut cut = hidden.get(key);
        return !skipped.isEmpty() && skipped.contains(event.messageId()) || cut != null && cut.hides(event);
    }

    /** True if what a timer of this key emits is not wanted. */
    boolean mutes(String key, @Nullable LoggedCause atWork) {
        Cut cut = hidden.get(key);
        return cut != null && atWork != null && cut.hides(atWork);
    }

    /**
     * A place in the log between two causes. How many causes a batch has depends on the receiver, and must not decide
     * what is shown; an index in the batch would not do, since the log is cleaned of causes.
     *
     * @param sequence of the batch
     * @param behind   message ids of the causes of that batch that come after the place
     */
    record Cut(long sequence, SortedSet<String> behind) {
        /** Behind all causes. */
        static final Cut NEVER = new Cut(Long.MAX_VALUE, new TreeSet<>());

        Cut {
            behind = Collections.unmodifiableSortedSet(new TreeSet<>(behind));
        }

        boolean hides(LoggedCause cause) {
            return cause.sequence() > sequence || cause.sequence() == sequence && behind.contains(cause.messageId());
        }
    }
}
