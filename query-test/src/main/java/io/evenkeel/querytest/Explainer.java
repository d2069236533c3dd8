// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.querytest;

import io.evenkeel.query.QueryDefinition;
import io.evenkeel.runtime.plan.QueryPlans;
import java.util.ArrayList;
import java.util.List;

/**
 * Finds the events that made a match by delta debugging: the query is run on fewer and fewer events of the key for as
 * long as it still gives the same match, until none can be left out. A run costs some milliseconds, so their number is
 * bounded.
 */
final class Explainer {
    /** Enough for a match made of some hundred events; about ten seconds. */
    static final int MOST_REPLAYS = 2_000;

    private final TrialDefinitions definitions;
    private final List<TrialEvent> all;
    private final int mostReplays;
    private int replays;

    Explainer(TrialDefinitions definitions, List<TrialEvent> all) {
        this(definitions, all, MOST_REPLAYS);
    }

    Explainer(TrialDefinitions definitions, List<TrialEvent> all, int mostReplays) {
        this.definitions = definitions;
        this.all = all;
        this.mostReplays = mostReplays;
    }

    Explanation explain(TrialMatch match) {
        QueryDefinition query = definitions.query(match.instance().query());
        QueryPlans plans = definitions.plans(match.instance());
        List<TrialEvent> before = until(match);
        KeyWindow window = KeyWindow.of(query, match.key(), definitions.admitted(query.name(), before), match.atMs());
        List<TrialEvent> start = window.events();
        if (!gives(plans, start, match)) {
            // It depends on more than the window: on events that shaped it before they left.
            start = KeyWindow.history(query, match.key(), before);
            if (!gives(plans, start, match)) {
                return new Explanation(match, List.of(), false, replays, window);
            }
        }
        List<TrialEvent> left = reduce(plans, start, match);
        return new Explanation(match, left, replays < mostReplays, replays, window);
    }

    /** The events up to the cause, or up to the match's time if time was the cause. */
    private List<TrialEvent> until(TrialMatch match) {
        List<TrialEvent> before = new ArrayList<>();
        for (TrialEvent event : all) {
            boolean arrivalTime = !definitions.query(match.instance().query()).sourceTime();
            if (match.cause().isEmpty() && arrivalTime && event.atMs() > match.atMs()) {
                break;
            }
            before.add(event);
            if (event.id().equals(match.cause())) {
                break;
            }
        }
        return before;
    }

    /** Zeller's ddmin: leaves out ever smaller parts until no single event can be left out. */
    private List<TrialEvent> reduce(QueryPlans plans, List<TrialEvent> start, TrialMatch match) {
        List<TrialEvent> left = start;
        int parts = 2;
        while (left.size() > 1 && replays < mostReplays) {
            int size = Math.max(1, left.size() / parts);
            List<TrialEvent> smaller = null;
            for (int from = 0; from < left.size() && smaller == null && replays < mostReplays; from += size) {
                List<TrialEvent> rest = new ArrayList<>(left.subList(0, from));
                rest.addAll(left.subList(Math.min(left.size(), from + size), left.size()));
                if (gives(plans, rest, match)) {
                    smaller = rest;
                }
            }
            if (smaller != null) {
                left = smaller;
                parts = Math.max(2, parts - 1);
            } else if (size == 1) {
                break;
            } else {
                parts = Math.min(left.size(), parts * 2);
            }
        }
        return left;
    }

    /** True if these events alone give the same match, by the same cause at the same time. */
    private boolean gives(QueryPlans plans, List<TrialEvent> events, TrialMatch match) {
        replays++;
        try (TrialShard shard = new TrialShard(plans)) {
            List<TrialMatch> found = new ArrayList<>();
            for (TrialEvent event : events) {
                found.addAll(shard.apply(event));
            }
            if (match.cause().isEmpty()) {
                found.addAll(shard.advanceTo(match.atMs()));
            }
            return found.stream()
                    .anyMatch(other -> other.body().equals(match.body())
                            && other.atMs() == match.atMs()
                            && other.key().equals(match.key())
                            && other.cause().equals(match.cause()));
        }
    }
}
