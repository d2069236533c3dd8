// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.esper;

import static java.util.Objects.requireNonNull;

import com.espertech.esper.common.client.EPCompiled;
import com.espertech.esper.common.client.EventBean;
import com.espertech.esper.common.client.EventPropertyGetter;
import com.espertech.esper.common.client.EventSender;
import com.espertech.esper.common.client.util.StatementProperty;
import com.espertech.esper.runtime.client.DeploymentOptions;
import com.espertech.esper.runtime.client.EPDeployException;
import com.espertech.esper.runtime.client.EPEventService;
import com.espertech.esper.runtime.client.EPRuntime;
import com.espertech.esper.runtime.client.EPStatement;
import io.evenkeel.query.Event;
import io.evenkeel.query.InstanceId;
import io.evenkeel.query.QueryInput;
import io.evenkeel.query.QueryInstance;
import io.evenkeel.runtime.engine.Emission;
import io.evenkeel.runtime.engine.EmissionSink;
import io.evenkeel.runtime.engine.Engine;
import io.evenkeel.runtime.engine.InstanceFailedException;
import io.evenkeel.runtime.engine.InstanceUnknownException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One Esper runtime with all instances of a query: a deployment for each, or one that they share
 * ({@link SharedInstances}).
 *
 * <p>Emissions of a call are gathered and handed on, sorted, when Esper is done: a listener that threw would be swallowed
 * by Esper, and results of a failed call must not get out.
 */
final class EsperEngine implements Engine {
    private static final Comparator<Emission> CANONICAL = Comparator.comparingLong(Emission::engineTime)
            .thenComparing(Emission::instance)
            .thenComparing(Emission::key);

    /** Not the name of an instance. */
    private static final String SHARED = "*";

    private final EsperQuery query;
    private final EPRuntime runtime;
    private final EPEventService events;
    private final Map<String, EventSender> senders = new HashMap<>();
    private final Map<String, InstanceId> instances = new HashMap<>();
    private final List<InstanceOutput> outputs = new ArrayList<>();
    private final List<Emission> gathered = new ArrayList<>();
    private final boolean delayed;
    private long engineTime;
    private @Nullable InputGate gate;
    /** Of an engine with a thousand instances nobody asks each after each event. */
    private @Nullable InstanceOutput failed;

    /** Of all deployments. */
    private @Nullable UnitParent parent;

    private boolean listening;
    private boolean unusable;

    EsperEngine(EsperQuery query, EPRuntime runtime, long startTime) {
        this.query = query;
        this.runtime = runtime;
        this.events = runtime.getEventService();
        this.delayed = query.outputKind().delayed();
        this.engineTime = startTime;
        // Not advanceTimeSpan: a new runtime stands at the wall clock, and its first time may be before that.
        events.advanceTime(startTime);
        for (QueryInput input : query.definition().inputs()) {
            senders.put(input.event(), events.getEventSender(input.event()));
        }
    }

    /** From now on only what a gate admits is an event of this query. */
    void admitBy(InputGate filters) {
        gate = filters;
    }

    @Override
    public boolean admits(Event event) {
        checkUsable();
        try {
            return gate == null || gate.admits(event);
        } catch (RuntimeException e) {
            unusable = true;
            throw new IllegalStateException(
                    "Expected the filter of input " + event.type().name() + " to be true or false for " + event
                            + ", but it threw " + Attribution.rootCause(e) + ". query="
                            + query.definition().name(),
                    e);
        }
    }

    /** Deploys an instance by itself. */
    void deploy(QueryInstance instance) throws EPDeployException {
        // Given, not drawn: by default Esper takes a random one.
        String deployment = instance.id().name();
        instances.put(deployment, instance.id());
        DeploymentOptions options = options(query.unit(), deployment).setStatementSubstitutionParameter(context -> {
            if (context.getSubstitutionParameterNames() != null) {
                context.getSubstitutionParameterNames()
                        .keySet()
                        .forEach(name ->
                                context.setObject(name, instance.values().get(name)));
            }
        });
        InstanceId id = instance.id();
        listen(deploy(query.unit(), deployment, options), row -> id);
    }

    /** Deploys what instances share, and starts them in this order. */
    void deployShared(EPCompiled shared, List<QueryInstance> all) throws EPDeployException {
        EPStatement statement = deploy(shared, SHARED, options(shared, SHARED));
        EventPropertyGetter name = statement.getEventType().getGetter(SharedInstances.COLUMN);
        listen(statement, row -> requireNonNull(instances.get(String.valueOf(name.get(row)))));
        EventSender starts = events.getEventSender(SharedInstances.START);
        for (QueryInstance instance : all) {
            instances.put(instance.id().name(), instance.id());
            starts.sendEvent(SharedInstances.start(query.definition(), instance));
        }
    }

    private DeploymentOptions options(EPCompiled unit, String deployment) {
        return new DeploymentOptions()
                .setDeploymentId(deployment)
                .setDeploymentClassLoaderOption(context -> parentOf(unit, context.getRuntimeParentClassLoader()))
                .setStatementNameRuntime(context -> Attribution.statement(deployment, context.getStatementName()));
    }

    /** Returns the statement that gives the matches. */
    private EPStatement deploy(EPCompiled unit, String deployment, DeploymentOptions options) throws EPDeployException {
        runtime.getDeploymentService().deploy(unit, options);
        return runtime.getDeploymentService()
                .getStatement(deployment, Attribution.statement(deployment, EsperQuery.OUTPUT));
    }

    private void listen(EPStatement statement, Function<EventBean, InstanceId> instanceOf) {
        InstanceOutput output = new InstanceOutput(instanceOf, statement, query, gathered::add, one -> failed = one);
        outputs.add(output);
        if (delayed) {
            output.listen(true);
            output.mute(true);
        }
    }

    private ClassLoader parentOf(EPCompiled unit, ClassLoader loader) {
        UnitParent known = parent;
        if (known == null) {
            known = new UnitParent(unit.getClasses().keySet(), loader);
            parent = known;
        }
        return known;
    }

    @Override
    public void advanceTo(long time, EmissionSink sink) {
        checkUsable();
        if (time < engineTime) {
            throw new IllegalArgumentException(
                    "Expected engine time not to go back, but got " + time + " after " + engineTime);
        }
        if (time > engineTime) {
            boolean wanted = begin(sink);
            try {
                events.advanceTimeSpan(time);
            } catch (RuntimeException e) {
                throw failed("a timer", e);
            }
            engineTime = time;
            end(wanted, sink);
        }
    }

    @Override
    public void apply(Event event, EmissionSink sink) {
        checkUsable();
        EventSender sender = senders.get(event.type().name());
        if (sender == null) {
            throw new IllegalArgumentException("Expected an event of one of " + senders.keySet() + ", but got "
                    + event.type().name());
        }
        boolean wanted = begin(sink);
        try {
            sender.sendEvent(event.values());
        } catch (RuntimeException e) {
            throw failed(event.toString(), e);
        }
        end(wanted, sink);
    }

    @Override
    public OptionalLong nextTimer() {
        checkUsable();
        Long next = events.getNextScheduledTime();
        return next == null ? OptionalLong.empty() : OptionalLong.of(next);
    }

    @Override
    public int keys() {
        checkUsable();
        if (outputs.isEmpty()) {
            return 0;
        }
        // An event that starts a partition does so for all instances: one stands for all.
        String deployment = outputs.get(0).statement().getDeploymentId();
        if (deployment.equals(SHARED)) {
            return 0; // the partitions are instances
        }
        long most = 0;
        for (EPStatement statement :
                runtime.getDeploymentService().getDeployment(deployment).getStatements()) {
            Object context = statement.getProperty(StatementProperty.CONTEXTNAME);
            if (context != null) {
                most = Math.max(most, runtime.getContextPartitionService().getContextPartitionCount(deployment, (String)
                        context));
            }
        }
        return (int) Math.min(most, Integer.MAX_VALUE);
    }

    @Override
    public long engineTime() {
        return engineTime;
    }

    @Override
    public void close() {
        unusable = true;
        if (gate != null) {
            gate.close();
        }
        if (!runtime.isDestroyed()) {
            runtime.destroy();
        }
    }

    private void checkUsable() {
        if (unusable) {
            throw new IllegalStateException("Expected an engine in use, but it failed or was closed; open another"
                    + " and replay. query=" + query.definition().name());
        }
    }

    private boolean begin(EmissionSink sink) {
        boolean wanted = sink.wanted();
        if (wanted != listening) {
            // Without a listener Esper does not even make the rows. Rows that are held back must be made all the same.
            listening = wanted;
            for (InstanceOutput output : outputs) {
                if (delayed) {
                    output.mute(!wanted);
                } else {
                    output.listen(wanted);
                }
            }
        }
        return wanted;
    }

    private void end(boolean wanted, EmissionSink sink) {
        InstanceOutput output = failed;
        Throwable failure = output == null ? null : output.failure();
        if (failure instanceof Error error) {
            throw error;
        }
        if (output != null && failure != null) {
            InstanceId failing = output.failing();
            String deployment = failing == null ? SHARED : failing.name();
            throw failed("its own output", new StatementThrewException(deployment, failure));
        }
        if (wanted && !gathered.isEmpty()) {
            if (gathered.size() > 1) {
                gathered.sort(CANONICAL);
            }
            gathered.forEach(sink::emit);
            gathered.clear();
        }
    }

    private RuntimeException failed(String what, RuntimeException failure) {
        unusable = true;
        gathered.clear();
        long time = events.getCurrentTime();
        String deployment = Attribution.deployment(failure);
        @Nullable InstanceId instance = deployment == null ? null : instances.get(deployment);
        if (instance == null && instances.size() == 1) {
            instance = instances.values().iterator().next();
        }
        if (instance == null) {
            return new InstanceUnknownException(
                    "Expected Esper to name the instance that failed, but it did not. query="
                            + query.definition().name() + " engineTime=" + time,
                    failure);
        }
        return new InstanceFailedException(instance, what, time, Attribution.rootCause(failure));
    }
}
