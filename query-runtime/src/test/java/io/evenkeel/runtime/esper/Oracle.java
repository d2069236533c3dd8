// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.esper;

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
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.evenkeel.query.Event;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TimeZone;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What a query must give, found without any of our code: a plain Esper runtime for each key, without contexts, over the
 * EPL with its windows and parameters written out. Its last statement gives the rows.
 */
final class Oracle implements AutoCloseable {
    private static final AtomicLong COUNT = new AtomicLong();
    private static final ObjectMapper JSON = new ObjectMapper();

    private static final Configuration CONFIGURATION = configuration();

    private final EPCompiled unit;
    private final Map<String, EPRuntime> runtimes = new TreeMap<>();
    private final Map<String, List<String>> rows = new TreeMap<>();

    Oracle(EPCompiled unit, List<String> keys) {
        this.unit = unit;
        keys.forEach(this::open);
    }

    void apply(String key, Event event) {
        runtimes.get(key)
                .getEventService()
                .sendEventObjectArray(event.values(), event.type().name());
    }

    void advanceTo(long time) {
        runtimes.values().forEach(runtime -> runtime.getEventService().advanceTimeSpan(time));
    }

    /** By key: rows as {@code time body}. */
    Map<String, List<String>> rows() {
        return rows;
    }

    @Override
    public void close() {
        runtimes.values().forEach(EPRuntime::destroy);
    }

    private void open(String key) {
        EPRuntime runtime = EPRuntimeProvider.getRuntime("oracle-" + COUNT.incrementAndGet(), CONFIGURATION);
        runtime.getEventService().clockExternal();
        runtime.getEventService().advanceTime(0);
        runtimes.put(key, runtime);
        try {
            EPStatement[] statements =
                    runtime.getDeploymentService().deploy(unit).getStatements();
            statements[statements.length - 1].addListener((added, removed, statement, source) -> {
                if (added != null) {
                    for (EventBean row : added) {
                        rows.computeIfAbsent(key, k -> new ArrayList<>())
                                .add(source.getEventService().getCurrentTime() + " " + text(row));
                    }
                }
            });
        } catch (EPDeployException e) {
            throw new AssertionError(e);
        }
    }

    static EPCompiled compile(String epl) {
        try {
            return EPCompilerProvider.getCompiler().compile(epl, new CompilerArguments(CONFIGURATION));
        } catch (EPCompileException e) {
            throw new AssertionError(epl, e);
        }
    }

    private static Configuration configuration() {
        Configuration configuration = new Configuration();
        configuration.getRuntime().getThreading().setInternalTimerEnabled(false);
        configuration.getRuntime().getExpression().setTimeZone(TimeZone.getTimeZone("UTC"));
        configuration.getCommon().addEventType("A", new String[] {"k", "v", "d", "x", "t"}, new Object[] {
            String.class, Integer.class, BigDecimal.class, Double.class, Long.class
        });
        configuration.getCommon().addEventType("B", new String[] {"k2", "w"}, new Object[] {String.class, Integer.class
        });
        return configuration;
    }

    private static String text(EventBean row) {
        Map<String, Object> columns = new LinkedHashMap<>();
        for (String name : row.getEventType().getPropertyNames()) {
            columns.put(name, row.get(name));
        }
        try {
            return JSON.writeValueAsString(columns);
        } catch (JsonProcessingException e) {
            throw new AssertionError(e);
        }
    }
}
