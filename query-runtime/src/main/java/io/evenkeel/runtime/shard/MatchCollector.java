// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.shard;

import io.evenkeel.query.InstanceId;
import io.evenkeel.query.QueryDefinition;
import io.evenkeel.runtime.engine.Emission;
import io.evenkeel.runtime.engine.EmissionSink;
import io.evenkeel.runtime.plan.QueryPlan;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Takes the emissions of one query for one cause and makes matches of them. */
final class MatchCollector implements EmissionSink {
    /** Simultaneous timers of several keys fire in no order that EPL defines; this one is the same everywhere (I2). */
    private static final Comparator<Emission> ORDER =
            Comparator.comparingLong(Emission::engineTime).thenComparing(Emission::key);

    private final int shard;
    private final List<Emission> emissions = new ArrayList<>();
    private boolean wanted;

    MatchCollector(int shard) {
        this.shard = shard;
    }

    /** Says whether the emissions that follow are wanted: not those of a cause that is confirmed. */
    void want(boolean nextWanted) {
        wanted = nextWanted;
    }

    @Override
    public boolean wanted() {
        return wanted;
    }

    @Override
    public void emit(Emission emission) {
        emissions.add(emission);
    }

    /** The matches since the last call, for a cause that named them; then starts anew. */
    List<Match> take(QueryPlan plan, String messageId) {
        if (emissions.isEmpty()) {
            return List.of();
        }
        if (emissions.size() > 1) {
            emissions.sort(ORDER);
        }
        QueryDefinition.Output output = plan.definition().output();
        String cause = messageId + "@" + shard;
        Map<InstanceId, Integer> ordinals = new HashMap<>();
        List<Match> matches = new ArrayList<>(emissions.size());
        for (Emission emission : emissions) {
            int ordinal = ordinals.merge(emission.instance(), 1, Integer::sum) - 1;
            matches.add(new Match(
                    emission.instance(),
                    ordinal,
                    plan.version(),
                    emission.key(),
                    cause,
                    output.event(),
                    output.destination(),
                    emission.body()));
        }
        emissions.clear();
        return matches;
    }

    void discard() {
        emissions.clear();
    }
}
