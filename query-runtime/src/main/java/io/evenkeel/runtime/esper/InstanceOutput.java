// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.esper;

import com.espertech.esper.common.client.EventBean;
import com.espertech.esper.common.client.EventPropertyGetter;
import com.espertech.esper.runtime.client.EPRuntime;
import com.espertech.esper.runtime.client.EPStatement;
import com.espertech.esper.runtime.client.UpdateListener;
import io.evenkeel.query.InstanceId;
import io.evenkeel.runtime.engine.Emission;
import io.evenkeel.runtime.engine.KeyText;
import java.util.Arrays;
import java.util.Comparator;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Makes emissions of the rows of an output statement, that of one instance or of several that share it. */
final class InstanceOutput implements UpdateListener {
    private static final Comparator<Emission> CANONICAL = Comparator.comparing(Emission::instance)
            .thenComparing(Emission::key)
            .thenComparing(Emission::body);

    private final Function<EventBean, InstanceId> instances;
    private final EPStatement statement;
    private final EventPropertyGetter[] key;
    private final BodyWriter bodies;
    private final boolean unordered;
    private final Consumer<Emission> sink;
    private final Consumer<InstanceOutput> failed;
    private boolean muted = true;
    private @Nullable Throwable failure;
    private @Nullable InstanceId failing;

    /**
     * @param instances tells whose a row is
     * @param failed    is told when an emission could not be made, by the time Esper is done
     */
    InstanceOutput(
            Function<EventBean, InstanceId> instances,
            EPStatement statement,
            EsperQuery query,
            Consumer<Emission> sink,
            Consumer<InstanceOutput> failed) {
        this.instances = instances;
        this.statement = statement;
        this.key = KeyContexts.outputColumns(query.definition()).stream()
                .map(statement.getEventType()::getGetter)
                .toArray(EventPropertyGetter[]::new);
        this.bodies = new BodyWriter(statement.getEventType());
        this.unordered = query.outputKind().unordered();
        this.sink = sink;
        this.failed = failed;
    }

    EPStatement statement() {
        return statement;
    }

    void listen(boolean on) {
        if (on) {
            statement.addListener(this);
        } else {
            statement.removeAllListeners();
        }
        mute(!on);
    }

    void mute(boolean on) {
        muted = on;
    }

    /** What went wrong in here, where Esper would have swallowed it; null if nothing did. */
    @Nullable
    Throwable failure() {
        return failure;
    }

    /** Whose row it went wrong at; null if nothing did. */
    @Nullable
    InstanceId failing() {
        return failing;
    }

    @Override
    public void update(
            EventBean @Nullable [] newRows, EventBean @Nullable [] oldRows, EPStatement source, EPRuntime runtime) {
        if (muted || newRows == null || failure != null) {
            return;
        }
        try {
            long time = runtime.getEventService().getCurrentTime();
            Emission[] emissions = new Emission[newRows.length];
            for (int i = 0; i < newRows.length; i++) {
                InstanceId instance = instances.apply(newRows[i]);
                failing = instance;
                emissions[i] = new Emission(instance, keyOf(newRows[i]), time, bodies.write(newRows[i]));
            }
            if (unordered && emissions.length > 1) {
                Arrays.sort(emissions, CANONICAL);
            }
            for (Emission emission : emissions) {
                sink.accept(emission);
            }
        } catch (RuntimeException | Error e) {
            failure = e;
            failed.accept(this);
        }
    }

    private String keyOf(EventBean row) {
        @Nullable Object[] values = new Object[key.length];
        for (int i = 0; i < key.length; i++) {
            values[i] = key[i].get(row);
        }
        return KeyText.of(values);
    }
}
