// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.esper.rule;

import com.espertech.esper.common.client.soda.Filter;
import com.espertech.esper.common.client.soda.PatternStream;
import com.espertech.esper.common.client.soda.ProjectedStream;
import com.espertech.esper.common.client.soda.View;
import io.evenkeel.query.QueryDefinition;
import io.evenkeel.query.QueryInput;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Adds up how far back each stream depends on events of the inputs: a window over a derived stream reaches back over the
 * window from which the stream is derived.
 */
final class Reaches {
    /**
     * @param seconds by input: a row depends on its events of so long ago at most
     * @param counted an input is in it of which events are kept by number, for which no time is known
     */
    private record Reach(Map<String, Double> seconds, boolean counted) {
        static final Reach NONE = new Reach(Map.of(), false);

        Reach plus(double time, boolean byNumber) {
            Map<String, Double> longer = new TreeMap<>();
            seconds.forEach((input, reach) -> longer.put(input, reach + time));
            return new Reach(longer, counted || byNumber);
        }

        Reach or(Reach other) {
            Map<String, Double> both = new TreeMap<>(seconds);
            other.seconds.forEach((input, reach) -> both.merge(input, reach, Math::max));
            return new Reach(both, counted || other.counted);
        }
    }

    private final QueryDefinition query;
    private final Findings findings;
    private final Map<String, QueryInput> inputs;
    private final Map<String, Reach> derived = new HashMap<>();

    Reaches(QueryDefinition query, Findings findings) {
        this.query = query;
        this.findings = findings;
        this.inputs = query.inputs().stream().collect(Collectors.toMap(QueryInput::event, input -> input));
    }

    /** To be called with each statement in order, when all its windows are there. */
    void check(Statement statement) {
        List<ProjectedStream> streams = new ArrayList<>();
        ModelWalk.each(statement.model(), ProjectedStream.class, streams::add);
        Reach reach = Reach.NONE;
        for (ProjectedStream stream : streams) {
            reach = reach.or(reach(statement, stream));
        }
        reach.seconds().forEach((name, seconds) -> {
            QueryInput input = inputs.get(name);
            Duration within = input == null ? null : input.within();
            if (within != null && seconds * 1e3 > within.toMillis()) {
                findings.refuse(
                        WindowRules.REACH,
                        statement.line(),
                        "a statement that reaches back " + Windows.text(seconds) + " s to " + name
                                + ", which has a within of " + Windows.text(within.toMillis() / 1e3) + " s");
            }
        });
        if (!statement.insertsInto().isEmpty()) {
            derived.merge(statement.insertsInto(), reach, Reach::or);
        }
    }

    private Reach reach(Statement statement, ProjectedStream stream) {
        List<String> types = new ArrayList<>();
        ModelWalk.each(stream, Filter.class, filter -> types.add(filter.getEventTypeName()));
        double life = stream instanceof PatternStream pattern ? PatternCheck.life(pattern.getExpression(), query) : 0;
        List<View> views = stream.getViews() == null ? List.of() : stream.getViews();
        Reach reach = Reach.NONE;
        boolean retained = false;
        for (String type : types) {
            QueryInput input = inputs.get(type);
            Reach source = input != null ? new Reach(Map.of(type, 0.0), false) : derived.getOrDefault(type, Reach.NONE);
            retained |= input != null && input.within() == null;
            if (source.counted() && (!views.isEmpty() || life > 0)) {
                findings.refuse(
                        WindowRules.DERIVED,
                        statement.lineOf(type),
                        "a window or a pattern over " + type + ", which is made from an input with retain alone");
            }
            reach = reach.or(source);
        }
        double seconds = life + window(views);
        return reach.plus(Double.isInfinite(seconds) ? 0 : seconds, retained);
    }

    /** For how long a row stays in these windows, which intersect; infinite if they do not say. */
    private double window(List<View> views) {
        if (views.isEmpty()) {
            return 0;
        }
        return views.stream()
                .filter(view -> !view.getParameters().isEmpty())
                .mapToDouble(view -> {
                    double size = WindowSize.maxSeconds(view.getParameters().get(0), query)
                            .orElse(Double.POSITIVE_INFINITY);
                    // A batch leaves when the next one ends.
                    return switch (view.getName()) {
                        case Windows.TIME -> size;
                        case Windows.BATCH -> 2 * size;
                        default -> Double.POSITIVE_INFINITY;
                    };
                })
                .min()
                .orElse(Double.POSITIVE_INFINITY);
    }
}
