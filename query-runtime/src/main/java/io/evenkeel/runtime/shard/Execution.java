// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.shard;

import static java.util.Objects.requireNonNull;

import io.evenkeel.query.Event;
import io.evenkeel.query.InstanceId;
import io.evenkeel.query.QueryInstance;
import io.evenkeel.runtime.plan.InputPlan;
import io.evenkeel.runtime.shard.Cause.TickCause;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Shows causes to queries, for the first time or in a replay, which is the same. */
final class Execution {
    private final Retention retention;
    private final MatchCollector collector;
    private final Notes witness = new Notes();
    private final Isolation isolation;

    Execution(int shard, Retention retention, Isolation isolation) {
        this.retention = retention;
        this.isolation = isolation;
        this.collector = new MatchCollector(shard);
    }

    /** Engine time never goes back, whatever the broker's clock does. */
    static long stamp(Cause cause, long last, long stampMs) {
        long ingress = cause.ingressMs() > 0 ? cause.ingressMs() : stampMs;
        return Math.max(last, cause instanceof TickCause tick ? Math.min(ingress, tick.untilMs()) : ingress);
    }

    /**
     * Shows a batch to queries.
     *
     * @return the queries that threw; they have not seen the rest of the batch
     */
    Set<QuerySlot> run(Collection<QuerySlot> queries, LogBatch batch, List<Cause> causes, List<LoggedCause> logged) {
        Set<QuerySlot> broken = new LinkedHashSet<>();
        long time = batch.engineTimeMs();
        for (QuerySlot slot : queries) {
            retention.before(batch.sequence(), slot);
        }
        for (int i = 0; i < causes.size(); i++) {
            Cause cause = causes.get(i);
            time = stamp(cause, time, batch.stampMs());
            for (QuerySlot slot : queries) {
                if (broken.isEmpty() || !broken.contains(slot)) {
                    if (!apply(slot, batch, cause, logged, i, time)) {
                        broken.add(slot);
                    }
                }
            }
        }
        return broken;
    }

    private boolean apply(QuerySlot slot, LogBatch batch, Cause cause, List<LoggedCause> all, int index, long time) {
        LoggedCause logged = all.get(index);
        collector.want(!logged.confirmed());
        witness.slot = slot;
        witness.cause = logged;
        try {
            if (index == 0) {
                slot.resume(batch, logged, witness);
                slot.advanceToWatermark(batch.request().watermarks(), witness, collector);
            }
            slot.apply(cause, logged, batch.request().source().queue(), time, witness, collector);
            logged.keep(collector.take(slot.plan(), cause.messageId()));
            return true;
        } catch (EngineFailedException failure) {
            // Instances that share everything are shown it once more, by an engine that can tell them apart. So are all
            // if it was an Error, each by an engine of its own: that does not say who threw, and memory may have been
            // short for another reason. Whoever fails again is to blame.
            boolean again = failure.isUnknown() && slot.nameInstances(true)
                    || failure.isError() && slot.efforts().takeApartNow();
            if (!again) {
                isolation.failed(slot.plan(), failure, logged, all.subList(index + 1, all.size()));
                slot.nameInstances(false);
            }
        } catch (RuntimeException | StackOverflowError | OutOfMemoryError | LinkageError failure) {
            // Not even an engine: nobody knows what it was. Rather no match of this query than a wrong one.
            List<InstanceId> blamed =
                    slot.plan().instances().stream().map(QueryInstance::id).toList();
            isolation.failed(
                    slot.plan(),
                    new EngineFailedException(blamed, null, Trouble.WHOLE, "", slot.clock(), failure),
                    logged,
                    all.subList(index + 1, all.size()));
            slot.nameInstances(false);
        }
        collector.discard();
        return false;
    }

    /**
     * Runs queries through the log, again and again until no engine throws: each time an instance is shown less.
     *
     * @param queries with the first sequence that each is shown
     */
    void replay(Map<QuerySlot, Long> queries, List<LogBatch> batches) {
        Set<QuerySlot> todo = queries.keySet();
        while (!todo.isEmpty()) {
            for (QuerySlot slot : todo) {
                slot.efforts().pause(true);
                forgetAnswers(slot, batches);
                slot.reset(isolation);
                retention.clearColumn(slot.column());
            }
            Set<QuerySlot> broken = new LinkedHashSet<>();
            for (LogBatch batch : batches) {
                List<LoggedCause> logged = retention.causesOf(batch.sequence());
                if (logged != null) {
                    List<QuerySlot> sound = todo.stream()
                            .filter(slot ->
                                    !broken.contains(slot) && batch.sequence() >= queries.getOrDefault(slot, 0L))
                            .toList();
                    if (!sound.isEmpty()) {
                        broken.addAll(run(sound, batch, causesOf(batch, logged), logged));
                    }
                }
            }
            todo = broken;
        }
        queries.keySet().forEach(slot -> slot.efforts().pause(false));
    }

    /** The causes of a batch that are known: the log need not have been cleaned yet of the others. */
    static List<Cause> causesOf(LogBatch batch, List<LoggedCause> logged) {
        List<Cause> all = batch.request().causes().causes();
        if (all.size() == logged.size()) {
            return all;
        }
        List<Cause> known = new ArrayList<>(logged.size());
        for (Cause cause : all) {
            if (known.size() < logged.size()
                    && cause.messageId().equals(logged.get(known.size()).messageId())) {
                known.add(cause);
            }
        }
        if (known.size() != logged.size()) {
            throw new IllegalStateException("Expected the log to hold " + logged.size() + " causes of batch "
                    + batch.sequence() + ", but of these it holds " + known.size());
        }
        return known;
    }

    /** What a new pass finds is found anew: what instances emitted before they threw, too. */
    private void forgetAnswers(QuerySlot slot, List<LogBatch> batches) {
        for (LogBatch batch : batches) {
            List<LoggedCause> logged = retention.causesOf(batch.sequence());
            for (LoggedCause cause : logged == null ? List.<LoggedCause>of() : logged) {
                if (!cause.confirmed()) {
                    cause.forgetAnswersOf(slot.plan().name());
                }
            }
        }
    }

    /** Passes on what becomes of events, with the query and the cause that are at work. */
    private final class Notes implements Witness {
        private @Nullable QuerySlot slot;
        private @Nullable LoggedCause cause;

        @Override
        public void saw(LoggedCause event, InputPlan input, Event aligned) {
            retention.saw(event, requireNonNull(cause), requireNonNull(slot), input, aligned);
        }

        @Override
        public void held(LoggedCause event) {
            retention.held(event, requireNonNull(slot).column());
        }

        @Override
        public void released(LoggedCause event) {
            retention.released(event, requireNonNull(slot).column());
        }

        @Override
        public void late(LoggedCause event, long byMs) {
            event.keepLate(requireNonNull(slot).plan().name(), byMs);
        }
    }
}
