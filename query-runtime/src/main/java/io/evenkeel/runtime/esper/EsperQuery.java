// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.esper;

import com.espertech.esper.common.client.EPCompiled;
import com.espertech.esper.common.client.configuration.Configuration;
import com.espertech.esper.runtime.client.EPDeployException;
import com.espertech.esper.runtime.client.EPRuntime;
import com.espertech.esper.runtime.client.EPRuntimeProvider;
import io.evenkeel.query.Parameter;
import io.evenkeel.query.QueryDefinition;
import io.evenkeel.query.QueryInstance;
import io.evenkeel.runtime.engine.CompiledQuery;
import io.evenkeel.runtime.engine.Engine;
import io.evenkeel.runtime.engine.InstanceFailedException;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A query compiled to classes. The units and the configuration are only read.
 *
 * @param unit    deployed for each instance
 * @param shared  deployed once for all instances; null if the query has no such form
 * @param filters of the inputs; null if there are none
 */
record EsperQuery(
        QueryDefinition definition,
        EPCompiled unit,
        @Nullable EPCompiled shared,
        @Nullable EPCompiled filters,
        Configuration configuration,
        OutputKind outputKind)
        implements CompiledQuery {
    private static final Logger LOG = LoggerFactory.getLogger(EsperQuery.class);
    /** Name of the statement that gives the matches. */
    static final String OUTPUT = "evenkeel-output";

    /** Esper keeps all runtimes of a process in one map by URI. */
    private static final AtomicLong RUNTIMES = new AtomicLong();

    @Override
    public Engine open(List<QueryInstance> instances, long startTime) {
        check(instances);
        if (shared != null && instances.size() > 1) {
            try {
                return engine(startTime, engine -> engine.deployShared(shared, sorted(instances)));
            } catch (RuntimeException e) {
                // One that cannot even start is named where each has a deployment of its own.
                LOG.debug("query={}: instances cannot share a deployment: {}", definition.name(), e.getMessage());
            }
        }
        return openApart(instances, startTime);
    }

    @Override
    public Engine openNaming(List<QueryInstance> instances, long startTime) {
        check(instances);
        return openApart(instances, startTime);
    }

    private Engine openApart(List<QueryInstance> instances, long startTime) {
        return engine(startTime, engine -> {
            for (QueryInstance instance : sorted(instances)) {
                try {
                    engine.deploy(instance);
                } catch (EPDeployException e) {
                    throw new InstanceFailedException(
                            instance.id(), "its deployment", startTime, Attribution.rootCause(e));
                }
            }
        });
    }

    private interface Deploying {
        void into(EsperEngine engine) throws EPDeployException;
    }

    private Engine engine(long startTime, Deploying deploying) {
        EsperEngine engine = new EsperEngine(this, newRuntime(), startTime);
        boolean open = false;
        try {
            if (filters != null) {
                engine.admitBy(InputGate.open(definition, filters, newRuntime()));
            }
            deploying.into(engine);
            open = true;
            return engine;
        } catch (EPDeployException e) {
            throw new IllegalStateException("Expected to deploy query " + definition.name() + ", but: " + e, e);
        } finally {
            if (!open) {
                engine.close();
            }
        }
    }

    private static List<QueryInstance> sorted(List<QueryInstance> instances) {
        return instances.stream()
                .sorted(Comparator.comparing(QueryInstance::id))
                .toList();
    }

    private EPRuntime newRuntime() {
        return EPRuntimeProvider.getRuntime("evenkeel-" + RUNTIMES.incrementAndGet(), configuration);
    }

    private void check(List<QueryInstance> instances) {
        Set<Object> seen = new HashSet<>();
        for (QueryInstance instance : instances) {
            if (!instance.id().query().equals(definition.name())) {
                throw new IllegalArgumentException(
                        "Expected instances of query " + definition.name() + ", but got " + instance.id());
            }
            if (!seen.add(instance.id())) {
                throw new IllegalArgumentException("Expected each instance once, but got " + instance.id() + " twice");
            }
            for (Parameter parameter : definition.parameters()) {
                if (!parameter.type().javaType().isInstance(instance.values().get(parameter.name()))) {
                    throw new IllegalArgumentException("Expected instance " + instance.id()
                            + " to have a value of class "
                            + parameter.type().javaType().getName() + " for " + parameter.name() + ", but it is "
                            + instance.values().get(parameter.name()));
                }
            }
        }
    }
}
