// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.shard;

import io.evenkeel.query.Event;
import io.evenkeel.query.InstanceId;
import io.evenkeel.query.QueryInstance;
import io.evenkeel.runtime.engine.Emission;
import io.evenkeel.runtime.engine.EmissionSink;
import io.evenkeel.runtime.engine.Engine;
import io.evenkeel.runtime.engine.InstanceFailedException;
import io.evenkeel.runtime.plan.InputPlan;
import io.evenkeel.runtime.plan.QueryPlan;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** The instances of a query that are shown the same events, hence share an engine. */
final class EngineGroup {
    private final Profile profile;
    private final boolean sound;
    private final List<QueryInstance> instances;
    private final List<InstanceId> ids;
    private @Nullable Engine engine;

    EngineGroup(Profile profile, List<QueryInstance> instances) {
        this.profile = profile;
        this.sound = profile.isSound();
        this.instances = List.copyOf(instances);
        this.ids = instances.stream().map(QueryInstance::id).toList();
    }

    List<InstanceId> ids() {
        return ids;
    }

    /**
     * Opens the engine, if it is not open, and is to be shown anything.
     *
     * @param atWork the cause for which it is opened
     * @param naming whether the engine must be able to say which instance threw
     */
    void open(QueryPlan plan, long time, @Nullable LoggedCause atWork, boolean naming) {
        if (engine != null || profile.isStopped(atWork)) {
            return;
        }
        try {
            engine = naming
                    ? plan.compiled().openNaming(instances, time)
                    : plan.compiled().open(instances, time);
        } catch (InstanceFailedException e) {
            throw failed(null, Trouble.WHOLE, "", time, e);
        }
    }

    void close() {
        if (engine != null) {
            engine.close();
            engine = null;
        }
    }

    OptionalLong nextTimer(@Nullable LoggedCause atWork) {
        return engine == null || profile.isStopped(atWork) ? OptionalLong.empty() : engine.nextTimer();
    }

    int keys() {
        return engine == null ? 0 : engine.keys();
    }

    /** @param atWork the cause that moves time */
    void advanceTo(long time, @Nullable LoggedCause atWork, EmissionSink sink) {
        Engine open = engine;
        if (open != null && !profile.isStopped(atWork)) {
            try {
                open.advanceTo(time, sound ? sink : new Muting(sink, profile, atWork));
            } catch (RuntimeException | StackOverflowError | OutOfMemoryError | LinkageError e) {
                throw failed(null, Trouble.WHOLE, "", time, e);
            }
        }
    }

    /**
     * @param atWork the cause that brought the event, or released it
     * @return false if a filter keeps the event from the query
     */
    boolean show(
            InputPlan input,
            Event event,
            LoggedCause logged,
            long time,
            @Nullable LoggedCause atWork,
            EmissionSink sink) {
        Engine open = engine;
        if (open == null || !sound && (profile.isStopped(atWork) || profile.hides(logged, input.keyText(event)))) {
            return true;
        }
        try {
            if (!open.admits(event)) {
                return false;
            }
            open.apply(event, sound ? sink : new Muting(sink, profile, atWork));
            return true;
        } catch (RuntimeException | StackOverflowError | OutOfMemoryError | LinkageError e) {
            throw failed(logged, input.keyText(event), event.toString(), time, e);
        }
    }

    /** If the engine does not say who threw: rather none of its instances than a wrong match of one. */
    private EngineFailedException failed(
            @Nullable LoggedCause event, String key, String shown, long time, Throwable failure) {
        List<InstanceId> blamed = failure instanceof InstanceFailedException named ? List.of(named.instance()) : ids;
        return new EngineFailedException(blamed, event, key, shown, time, failure);
    }

    /** Drops what timers of a hidden key emit. */
    private record Muting(
            EmissionSink sink, Profile profile, @Nullable LoggedCause atWork) implements EmissionSink {
        @Override
        public boolean wanted() {
            return sink.wanted();
        }

        @Override
        public void emit(Emission emission) {
            if (!profile.mutes(emission.key(), atWork)) {
                sink.emit(emission);
            }
        }
    }
}
