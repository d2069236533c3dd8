// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.itests.kit.oracle;

import com.espertech.esper.common.client.EPCompiled;
import com.espertech.esper.common.client.EventBean;
import com.espertech.esper.common.client.configuration.Configuration;
import com.espertech.esper.compiler.client.CompilerArguments;
import com.espertech.esper.compiler.client.EPCompileException;
import com.espertech.esper.compiler.client.EPCompilerProvider;
import com.espertech.esper.runtime.client.EPDeployException;
import com.espertech.esper.runtime.client.EPRuntime;
import com.espertech.esper.runtime.client.EPRuntimeProvider;
import com.espertech.esper.runtime.client.EPStatement;
import io.evenkeel.itests.kit.Body;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** One instance of a query: a plain Esper runtime for each key, all on one clock. For one thread. */
public final class Oracle implements AutoCloseable {
    private static final AtomicLong COUNT = new AtomicLong();
    /** Which of its beginnings an event completes first means nothing: their matches are put in the order of their text. */
    private static final Pattern PATTERN = Pattern.compile("\\bpattern\\s*\\[");

    private final Configuration configuration;
    private final EPCompiled unit;
    private final boolean unordered;
    private final long start;
    private final Map<String, EPRuntime> runtimes = new TreeMap<>();
    private final SortedMap<String, List<String>> bodies = new TreeMap<>();
    private long now;

    /**
     * @param event  name of the only event type
     * @param fields names and classes, iterated in the order in which {@link #apply} gives the values
     * @param epl    with windows and parameters written out; its last statement gives the matches
     * @param start  of the clock, in ms since the epoch
     */
    public Oracle(String event, Map<String, Class<?>> fields, String epl, long start) {
        this(Map.of(event, fields), epl, start);
    }

    /** As the other one, for several event types. */
    public Oracle(Map<String, Map<String, Class<?>>> eventTypes, String epl, long start) {
        configuration = new Configuration();
        configuration.getRuntime().getThreading().setInternalTimerEnabled(false);
        eventTypes.forEach((event, fields) -> configuration
                .getCommon()
                .addEventType(
                        event,
                        fields.keySet().toArray(String[]::new),
                        fields.values().toArray()));
        try {
            unit = EPCompilerProvider.getCompiler().compile(epl, new CompilerArguments(configuration));
        } catch (EPCompileException e) {
            throw new IllegalArgumentException(
                    "Expected EPL that Esper compiles, but: " + e.getMessage() + "\n" + epl, e);
        }
        this.unordered = PATTERN.matcher(epl).find();
        this.start = start;
        this.now = start;
    }

    /** Move the clock of all keys; timers that fall due fire. An earlier time than the clock's changes nothing. */
    public void advanceTo(long time) {
        if (time > now) {
            now = time;
            runtimes.values().forEach(runtime -> runtime.getEventService().advanceTimeSpan(time));
        }
    }

    /** Apply an event to its key, at the time that the clock shows. */
    public void apply(String event, String key, Object... values) {
        runtimes.computeIfAbsent(key, this::open).getEventService().sendEventObjectArray(values, event);
    }

    /** Bodies of all matches by key, in the order in which they arose. */
    public SortedMap<String, List<String>> bodies() {
        return Collections.unmodifiableSortedMap(bodies);
    }

    /** The bodies of a key since the last call, which are forgotten: for runs that are too long to keep all. */
    public List<String> take(String key) {
        List<String> taken = bodies.remove(key);
        return taken == null ? List.of() : taken;
    }

    private EPRuntime open(String key) {
        EPRuntime runtime = EPRuntimeProvider.getRuntime("itests-oracle-" + COUNT.incrementAndGet(), configuration);
        runtime.getEventService().advanceTime(start);
        try {
            EPStatement[] statements =
                    runtime.getDeploymentService().deploy(unit).getStatements();
            statements[statements.length - 1].addListener((added, removed, statement, source) -> {
                if (added != null) {
                    List<String> rows =
                            Arrays.stream(added).map(Oracle::body).collect(Collectors.toCollection(ArrayList::new));
                    if (unordered) {
                        Collections.sort(rows);
                    }
                    bodies.computeIfAbsent(key, k -> new ArrayList<>()).addAll(rows);
                }
            });
        } catch (EPDeployException e) {
            throw new IllegalArgumentException("Expected EPL that Esper deploys, but: " + e.getMessage(), e);
        }
        runtime.getEventService().advanceTimeSpan(now);
        return runtime;
    }

    private static String body(EventBean row) {
        Map<String, Object> columns = new TreeMap<>();
        for (String name : row.getEventType().getPropertyNames()) {
            columns.put(name, row.get(name));
        }
        return Body.of(columns);
    }

    @Override
    public void close() {
        runtimes.values().forEach(EPRuntime::destroy);
    }
}
