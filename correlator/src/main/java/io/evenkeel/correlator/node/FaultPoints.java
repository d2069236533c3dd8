// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.node;

import io.evenkeel.jms.CommitGate;
import io.evenkeel.query.EventType;
import io.evenkeel.query.QueryDefinition;
import io.evenkeel.query.QueryInstance;
import io.evenkeel.runtime.engine.CompiledQuery;
import io.evenkeel.runtime.engine.Engine;
import io.evenkeel.runtime.engine.QueryCompiler;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets one query fail on this node, for tests: {@code -Devenkeel.fault=NO_DEPLOY:NAME} compiles it and cannot deploy it;
 * {@code -Devenkeel.fault=SLOW_COMPILE:NAME:SECONDS} takes its time. {@code -Devenkeel.fault=NO_GATE} commits whatever the
 * state of the grid, to see what the gate is for. Off unless armed.
 */
final class FaultPoints {
    private static final Logger LOG = LoggerFactory.getLogger(FaultPoints.class);

    private final Fault fault;
    private final String query;
    private final Duration delay;

    private enum Fault {
        NONE,
        NO_DEPLOY,
        SLOW_COMPILE,
        NO_GATE
    }

    private FaultPoints(Fault fault, String query, Duration delay) {
        this.fault = fault;
        this.query = query;
        this.delay = delay;
    }

    /** @throws IllegalArgumentException if the property has another form */
    static FaultPoints ofSystemProperty() {
        String armed = System.getProperty("evenkeel.fault", "");
        if (armed.isEmpty()) {
            return new FaultPoints(Fault.NONE, "", Duration.ZERO);
        }
        String[] parts = armed.split(":", -1);
        try {
            Fault fault = Fault.valueOf(parts[0]);
            Duration delay = fault == Fault.SLOW_COMPILE ? Duration.ofSeconds(Long.parseLong(parts[2])) : Duration.ZERO;
            LOG.warn("This node will fail as told: {}", armed);
            return new FaultPoints(fault, fault == Fault.NO_GATE ? "" : parts[1], delay);
        } catch (IndexOutOfBoundsException | IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "Expected evenkeel.fault=NO_DEPLOY:NAME, SLOW_COMPILE:NAME:SECONDS or NO_GATE, but it is '" + armed
                            + "'",
                    e);
        }
    }

    QueryCompiler around(QueryCompiler compiler) {
        return query.isEmpty() ? compiler : (definition, types) -> compile(compiler, definition, types);
    }

    CommitGate around(CommitGate gate) {
        return fault != Fault.NO_GATE
                ? gate
                : new CommitGate() {
                    @Override
                    public boolean awaitOpen(Duration limit) {
                        return true;
                    }

                    @Override
                    public boolean open() {
                        return true;
                    }
                };
    }

    private CompiledQuery compile(QueryCompiler compiler, QueryDefinition definition, Map<String, EventType> types) {
        if (!definition.name().equals(query)) {
            return compiler.compile(definition, types);
        }
        if (fault == Fault.SLOW_COMPILE) {
            long end = System.nanoTime() + delay.toNanos();
            for (long left = delay.toNanos(); left > 0; left = end - System.nanoTime()) {
                LockSupport.parkNanos(left);
            }
            return compiler.compile(definition, types);
        }
        return new CompiledQuery() {
            @Override
            public QueryDefinition definition() {
                return definition;
            }

            @Override
            public Engine open(List<QueryInstance> instances, long startTime) {
                throw new IllegalStateException("Query " + query + " cannot be deployed here, as was told");
            }
        };
    }
}
