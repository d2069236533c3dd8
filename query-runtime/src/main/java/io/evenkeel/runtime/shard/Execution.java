// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.shard;

import static java.util.Objects.requireNonNull;

import io.evenkeel.query.Event;
import io.evenkeel.query.InstanceId;
import io.evenkeel.query.QueryInstance;
import io.evenkeel.runtime.engine.InstanceFailedException;
import io.evenkeel.runtime.plan.InputPlan;
import io.evenkeel.runtime.shard.Cause.TickCause;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Shows causes to queries, for the first time or in a replay, which is the same. */
final class Execution {
    private final Retention retention;
    private final MatchCollector collector;
    private final Notes witness = new Notes();
    private final SortedMap<InstanceId, Quarantine> quarantines = new TreeMap<>();

    Execution(int shard, Retention retention) {
        this.retention = retention;
        this.collector = new MatchCollector(shard);
    }

    List<Quarantine> quarantines() {
        return List.copyOf(quarantines.values());
    }

    /** A query has changed: its instances may be sound now. */
    void pardon(String query) {
        quarantines.keySet().removeIf(instance -> instance.query().equals(query));
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
            LoggedCause entry = logged.get(i);
            time = stamp(cause, time, batch.stampMs());
            for (QuerySlot slot : queries) {
                if (broken.isEmpty() || !broken.contains(slot)) {
                    if (!apply(slot, batch, i == 0, cause, entry, time)) {
                        broken.add(slot);
                    }
                }
            }
        }
        return broken;
    }

    private boolean apply(QuerySlot slot, LogBatch batch, boolean first, Cause cause, LoggedCause logged, long time) {
        collector.want(!logged.confirmed());
        witness.slot = slot;
        witness.cause = logged;
        try {
            if (first) {
                slot.resume(batch, witness);
                slot.advanceToWatermark(batch.request().watermarks(), witness, collector);
            }
            slot.apply(cause, logged, batch.request().source().queue(), time, witness, collector);
            logged.keep(collector.take(slot.plan(), logged.messageId()));
            return true;
        } catch (InstanceFailedException failure) {
            quarantine(failure.instance(), logged, failure);
        } catch (RuntimeException failure) {
            // The engine does not say who threw. Rather no instance of this query than a wrong match of one.
            slot.plan().instances().forEach(instance -> quarantine(instance.id(), logged, failure));
        }
        collector.discard();
        return false;
    }

    private void quarantine(InstanceId instance, LoggedCause cause, RuntimeException failure) {
        Throwable root = failure.getCause() == null ? failure : failure.getCause();
        quarantines.put(instance, new Quarantine(instance, cause.messageId(), root.toString()));
    }

    /**
     * Runs queries through the log. An instance that throws is left out of a further pass; what it emitted before stays.
     *
     * @param queries with the first sequence that each is shown
     */
    void replay(Map<QuerySlot, Long> queries, List<LogBatch> batches) {
        Set<QuerySlot> todo = queries.keySet();
        List<Runnable> restore = new ArrayList<>();
        while (!todo.isEmpty()) {
            for (QuerySlot slot : todo) {
                Set<InstanceId> without = slot.plan().instances().stream()
                        .map(QueryInstance::id)
                        .filter(quarantines::containsKey)
                        .collect(Collectors.toCollection(TreeSet::new));
                rememberMatches(slot, batches, without, restore);
                slot.reset(without);
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
        restore.forEach(Runnable::run);
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

    /** Clears the matches of a query for a new pass, except those of instances that will not run in it. */
    private void rememberMatches(
            QuerySlot slot, List<LogBatch> batches, Set<InstanceId> without, List<Runnable> restore) {
        String query = slot.plan().name();
        for (LogBatch batch : batches) {
            List<LoggedCause> logged = retention.causesOf(batch.sequence());
            for (LoggedCause cause : logged == null ? List.<LoggedCause>of() : logged) {
                if (!cause.confirmed()) {
                    List<Match> kept = cause.matches().stream()
                            .filter(match -> without.contains(match.instance()))
                            .toList();
                    if (!kept.isEmpty()) {
                        restore.add(() -> cause.keep(kept));
                    }
                    cause.forgetAnswersOf(query);
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
