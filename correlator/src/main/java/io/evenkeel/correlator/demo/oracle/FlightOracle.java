// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.demo.oracle;

import com.espertech.esper.common.client.EPCompiled;
import com.espertech.esper.common.client.EventBean;
import com.espertech.esper.common.client.configuration.Configuration;
import com.espertech.esper.compiler.client.CompilerArguments;
import com.espertech.esper.compiler.client.EPCompileException;
import com.espertech.esper.compiler.client.EPCompilerProvider;
import com.espertech.esper.runtime.client.DeploymentOptions;
import com.espertech.esper.runtime.client.EPDeployException;
import com.espertech.esper.runtime.client.EPRuntime;
import com.espertech.esper.runtime.client.EPRuntimeProvider;
import io.evenkeel.correlator.verdict.ExpectedMatch;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Finds the matches of the demo's instances. One statement for each instance, which holds airports apart by grouping or
 * by correlation; all have the same clock, the scheduled time of the newest flight. Timers due after the last flight do
 * not fire, for nothing tells that time.
 */
public final class FlightOracle {
    private static final AtomicInteger RUNTIMES = new AtomicInteger();
    private static final String KEY = "origin";

    /** The queries of {@code demo/queries}, written a second time. */
    private static final Map<String, String> EPL = Map.of(
            "late-airport",
            "select origin, count(*) as flights, avg(delay) as meanDelay, id as flight"
                    + " from Flight(delay >= ?:minDelay:integer)#time(6 hours)"
                    + " group by origin having count(*) >= ?:flights:integer",
            "late-again",
            "select a.origin as origin, a.id as flight, b.id as again, b.delay as delay"
                    + " from pattern [every a=Flight(delay >= ?:minDelay:integer) ->"
                    + " b=Flight(origin = a.origin, delay >= ?:minDelay:integer) where timer:within(4 hours)]",
            "silent-airport",
            "select a.origin as origin, a.id as flight, a.delay as delay"
                    + " from pattern [every a=Flight(delay >= ?:minDelay:integer) ->"
                    + " (timer:interval(?:quiet:double) and not Flight(origin = a.origin))]");

    /**
     * An instance of one of the queries.
     *
     * @param values by parameter; durations in seconds
     */
    public record Instance(String query, String name, Map<String, Object> values) {
        public Instance {
            values = Map.copyOf(values);
        }
    }

    private FlightOracle() {}

    /** @param flights in the order of their scheduled time */
    public static List<ExpectedMatch> matches(List<OracleFlight> flights, List<Instance> instances) {
        Map<String, Object> type = new LinkedHashMap<>();
        type.put("id", String.class);
        type.put("scheduled", long.class);
        type.put("origin", String.class);
        type.put("destination", String.class);
        type.put("delay", int.class);
        type.put("distance", int.class);
        Configuration configuration = new Configuration();
        configuration.getCommon().addEventType("Flight", type);
        configuration.getRuntime().getThreading().setInternalTimerEnabled(false);
        EPRuntime runtime =
                EPRuntimeProvider.getRuntime("evenkeel-oracle-" + RUNTIMES.incrementAndGet(), configuration);
        try {
            return new Run(runtime, configuration).matches(flights, instances);
        } catch (EPCompileException | EPDeployException e) {
            throw new IllegalStateException("Expected to compile and deploy the oracle's statements, but failed", e);
        } finally {
            runtime.destroy();
        }
    }

    private static final class Run {
        private final EPRuntime runtime;
        private final Configuration configuration;
        private final List<ExpectedMatch> found = new ArrayList<>();
        private int flight;

        Run(EPRuntime runtime, Configuration configuration) {
            this.runtime = runtime;
            this.configuration = configuration;
        }

        List<ExpectedMatch> matches(List<OracleFlight> flights, List<Instance> instances)
                throws EPCompileException, EPDeployException {
            if (flights.isEmpty()) {
                return found;
            }
            runtime.getEventService().advanceTime(flights.get(0).scheduledMs());
            for (Instance instance : instances) {
                String epl = EPL.get(instance.query());
                deploy(EPCompilerProvider.getCompiler().compile(epl, new CompilerArguments(configuration)), instance);
            }
            for (OracleFlight each : flights) {
                send(each);
                flight++;
            }
            return found;
        }

        private void send(OracleFlight each) {
            runtime.getEventService().advanceTimeSpan(each.scheduledMs());
            Map<String, Object> event = new HashMap<>();
            event.put("id", each.id());
            event.put("scheduled", each.scheduledMs());
            event.put("origin", each.origin());
            event.put("destination", each.destination());
            event.put("delay", each.delay());
            event.put("distance", each.distance());
            runtime.getEventService().sendEventMap(event, "Flight");
        }

        private void deploy(EPCompiled unit, Instance instance) throws EPDeployException {
            DeploymentOptions options = new DeploymentOptions();
            options.setStatementSubstitutionParameter(
                    context -> instance.values().forEach(context::setObject));
            runtime.getDeploymentService()
                    .deploy(unit, options)
                    .getStatements()[0]
                    .addListener((newEvents, oldEvents, statement, source) -> {
                        if (newEvents != null) {
                            for (EventBean event : newEvents) {
                                found.add(new ExpectedMatch(
                                        instance.query(),
                                        instance.name(),
                                        String.valueOf(event.get(KEY)),
                                        flight,
                                        columns(event)));
                            }
                        }
                    });
        }

        private static Map<String, Object> columns(EventBean event) {
            Map<String, Object> columns = new HashMap<>();
            for (String name : event.getEventType().getPropertyNames()) {
                columns.put(name, event.get(name));
            }
            return columns;
        }
    }
}
