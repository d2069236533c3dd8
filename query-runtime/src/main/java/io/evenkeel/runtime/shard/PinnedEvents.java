// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.shard;

import io.evenkeel.query.Event;
import io.evenkeel.runtime.plan.InputPlan;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The events that one query needs for a reason other than their age: in windows by number, or held. */
final class PinnedEvents {
    /** The events of a key that a window by number may hold. */
    private static final class Visible {
        private final Deque<LoggedCause> inOrder = new ArrayDeque<>(4);
        /** By the values of which only the newest event counts, oldest first; empty if each counts. */
        private final Map<String, LoggedCause> newest = new LinkedHashMap<>(0);

        /** Adds an event and returns the one that it pushes out; null if it pushes none. */
        @Nullable
        LoggedCause add(LoggedCause event, String unique, int most) {
            if (unique.isEmpty()) {
                inOrder.addLast(event);
                return inOrder.size() > most ? inOrder.removeFirst() : null;
            }
            LoggedCause replaced = newest.remove(unique);
            newest.put(unique, event);
            if (replaced != null || newest.size() <= most) {
                return replaced;
            }
            return newest.remove(newest.keySet().iterator().next());
        }
    }

    private final Map<String, Visible> byKey = new HashMap<>();
    private final Set<LoggedCause> held = new LinkedHashSet<>();

    void hold(LoggedCause event) {
        held.add(event);
    }

    void release(LoggedCause event) {
        held.remove(event);
    }

    /**
     * Notes that a query saw an event.
     *
     * @param most of a key that stay visible
     * @return the event that is out of the window now; null if none is
     */
    @Nullable
    LoggedCause see(LoggedCause cause, InputPlan input, Event event, int most) {
        String key = event.type().name() + '\u0000' + input.keyOf(event);
        return byKey.computeIfAbsent(key, k -> new Visible()).add(cause, input.uniqueOf(event), most);
    }

    /** Forgets all. */
    void drain(Consumer<LoggedCause> unpin) {
        held.forEach(unpin);
        held.clear();
        for (Visible visible : byKey.values()) {
            visible.inOrder.forEach(unpin);
            visible.newest.values().forEach(unpin);
        }
        byKey.clear();
    }
}
