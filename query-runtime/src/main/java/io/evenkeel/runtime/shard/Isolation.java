// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.shard;

import io.evenkeel.query.InstanceId;
import io.evenkeel.query.QueryInstance;
import io.evenkeel.runtime.plan.QueryPlan;
import io.evenkeel.runtime.plan.QueryPlans;
import io.evenkeel.runtime.shard.Cause.OrderCause;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Which instances threw for which keys in a shard, and what follows: a single event is left out, from a limit on the
 * key, and from a higher one on the instance (I8).
 *
 * <p>As long as a cause is in the log, a replay finds the same errors again. Since they are to outlive it, the log
 * keeps this beside its batches, as of an order that it knows.
 */
final class Isolation {
    /** An instance that throws for so many keys is not to be replayed for each of the others as well. */
    private static final int WHOLE_FACTOR = 4;

    private static final int LATEST = 5;

    private record Place(InstanceId instance, String key) {}

    private static final Comparator<Place> ORDER =
            Comparator.comparing(Place::instance).thenComparing(Place::key);

    private static final class Case {
        private final int version;
        private final String values;
        private int errors;
        private boolean quarantined;
        private Profile.Cut from = Profile.Cut.NEVER;
        private final SortedMap<String, Long> skipped = new TreeMap<>();
        private final Deque<InstanceError> latest = new ArrayDeque<>();

        Case(int version, String values) {
            this.version = version;
            this.values = values;
        }
    }

    private final int shard;
    private final SortedMap<Place, Case> cases = new TreeMap<>(ORDER);
    private long through;
    private boolean changed;

    Isolation(int shard) {
        this.shard = shard;
    }

    Profile profile(InstanceId instance) {
        Profile.Cut stopped = Profile.Cut.NEVER;
        SortedMap<String, Profile.Cut> hidden = new TreeMap<>();
        SortedSet<String> skipped = new TreeSet<>();
        for (Map.Entry<Place, Case> entry : casesOf(instance).entrySet()) {
            Case one = entry.getValue();
            skipped.addAll(one.skipped.keySet());
            if (one.quarantined && entry.getKey().key().equals(Trouble.WHOLE)) {
                stopped = one.from;
            } else if (one.quarantined) {
                hidden.put(entry.getKey().key(), one.from);
            }
        }
        Profile profile = new Profile(stopped, hidden, skipped);
        return profile.isSound() ? Profile.SOUND : profile;
    }

    private SortedMap<Place, Case> casesOf(InstanceId instance) {
        SortedMap<Place, Case> found = new TreeMap<>(ORDER);
        cases.forEach((place, one) -> {
            if (place.instance().equals(instance)) {
                found.put(place, one);
            }
        });
        return found;
    }

    /**
     * Notes what an engine threw while a cause was at work.
     *
     * @param behind the causes of the same batch that come after it
     */
    void failed(QueryPlan plan, EngineFailedException failure, LoggedCause atWork, List<LoggedCause> behind) {
        changed = true;
        SortedSet<String> later =
                behind.stream().map(LoggedCause::messageId).collect(Collectors.toCollection(TreeSet::new));
        Profile.Cut here = new Profile.Cut(atWork.sequence(), later);
        // A timer that threw would throw again at the cause that it threw at.
        later.add(atWork.messageId());
        Profile.Cut before = new Profile.Cut(atWork.sequence(), later);
        LoggedCause event = failure.event();
        for (InstanceId instance : failure.instances()) {
            Case one = open(plan, instance, failure.key());
            LoggedCause culprit = event == null ? atWork : event;
            if (event == null || one.skipped.put(event.messageId(), event.sequence()) == null) {
                one.errors++;
                add(one, failure.errorAt(culprit.messageId()));
            }
            int limit = plan.definition().errors().limit();
            if (event == null || one.errors >= limit) {
                quarantine(one, event == null ? before : here);
            }
            int all = casesOf(instance).values().stream()
                    .mapToInt(each -> each.errors)
                    .sum();
            if (all >= WHOLE_FACTOR * limit) {
                quarantine(open(plan, instance, Trouble.WHOLE), before);
            }
        }
    }

    private static void add(Case one, InstanceError error) {
        one.latest.addLast(error);
        if (one.latest.size() > LATEST) {
            one.latest.removeFirst();
        }
    }

    private static void quarantine(Case one, Profile.Cut from) {
        if (!one.quarantined) {
            one.quarantined = true;
            one.from = from;
        }
    }

    private Case open(QueryPlan plan, InstanceId instance, String key) {
        return cases.computeIfAbsent(
                new Place(instance, key), place -> new Case(plan.version(), valuesOf(plan, instance)));
    }

    private static String valuesOf(QueryPlan plan, InstanceId id) {
        return plan.instances().stream()
                .filter(instance -> instance.id().equals(id))
                .map(QueryInstance::values)
                .map(String::valueOf)
                .findFirst()
                .orElse("");
    }

    /**
     * Does what somebody decided.
     *
     * @param sequence of the order in the log
     * @return false if it was done before
     */
    boolean obey(OrderCause order, long sequence, QueryPlans plans) {
        if (sequence <= through) {
            return false;
        }
        through = sequence;
        changed = true;
        QueryPlan plan = plans.queries().get(order.instance().query());
        Place place = new Place(order.instance(), order.key());
        switch (order.order()) {
            case RETRY -> cases.remove(place);
            case SKIP -> {
                Case one = cases.get(place);
                if (one != null) {
                    one.quarantined = false;
                    one.errors = 0;
                }
            }
            case QUARANTINE -> {
                if (plan != null) {
                    Case one = open(plan, order.instance(), order.key());
                    quarantine(one, new Profile.Cut(sequence, new TreeSet<>()));
                    if (!order.reason().isEmpty()) {
                        add(one, InstanceError.ordered(order));
                    }
                }
            }
        }
        return plan != null;
    }

    /** Forgets what is about instances that are gone, or are others now: they may be sound. */
    void keepOnly(QueryPlans plans) {
        Map<InstanceId, String> present = new HashMap<>();
        Map<InstanceId, Integer> versions = new HashMap<>();
        for (QueryPlan plan : plans.queries().values()) {
            for (QueryInstance instance : plan.instances()) {
                present.put(instance.id(), instance.values().toString());
                versions.put(instance.id(), plan.version());
            }
        }
        changed |= cases.entrySet().removeIf(entry -> {
            InstanceId instance = entry.getKey().instance();
            return !entry.getValue().values.equals(present.get(instance))
                    || entry.getValue().version != versions.getOrDefault(instance, 0);
        });
    }

    /** Events before a batch are not in the log any more, and need not be left out. What is known of them stays. */
    void forgetSkipsBefore(long sequence) {
        for (Case one : cases.values()) {
            changed |= one.skipped.values().removeIf(at -> at < sequence);
        }
    }

    List<Trouble> troubles() {
        List<Trouble> troubles = new ArrayList<>();
        cases.forEach((place, one) -> troubles.add(new Trouble(
                shard, place.instance(), place.key(), one.errors, one.quarantined, List.copyOf(one.latest))));
        return troubles;
    }

    /** True if {@link #write} would write something else than when it was last asked. */
    boolean changed() {
        return changed;
    }

    void write(ByteWriter out) {
        changed = false;
        out.writeLong(through);
        out.writeInt(cases.size());
        cases.forEach((place, one) -> {
            out.writeString(place.instance().query());
            out.writeString(place.instance().name());
            out.writeString(place.key());
            out.writeInt(one.version);
            out.writeString(one.values);
            out.writeInt(one.errors);
            out.writeInt(one.quarantined ? 1 : 0);
            out.writeLong(one.from.sequence());
            out.writeInt(one.from.behind().size());
            one.from.behind().forEach(out::writeString);
            out.writeInt(one.skipped.size());
            one.skipped.forEach((message, sequence) -> {
                out.writeString(message);
                out.writeLong(sequence);
            });
            out.writeInt(one.latest.size());
            one.latest.forEach(error -> write(out, error));
        });
    }

    /** The inverse of {@link #write}, for a new one. */
    void read(ByteReader in) {
        through = in.readLong();
        for (int count = in.readInt(); count > 0; count--) {
            Place place = new Place(new InstanceId(in.readString(), in.readString()), in.readString());
            Case one = new Case(in.readInt(), in.readString());
            one.errors = in.readInt();
            one.quarantined = in.readInt() == 1;
            long cut = in.readLong();
            SortedSet<String> behind = new TreeSet<>();
            for (int causes = in.readInt(); causes > 0; causes--) {
                behind.add(in.readString());
            }
            one.from = new Profile.Cut(cut, behind);
            for (int skips = in.readInt(); skips > 0; skips--) {
                one.skipped.put(in.readString(), in.readLong());
            }
            for (int errors = in.readInt(); errors > 0; errors--) {
                one.latest.addLast(readError(in));
            }
            cases.put(place, one);
        }
    }

    private static void write(ByteWriter out, InstanceError error) {
        out.writeString(error.cause());
        out.writeString(error.exception());
        out.writeString(error.message());
        out.writeString(error.stack());
        out.writeString(error.event());
        out.writeLong(error.engineTimeMs());
    }

    private static InstanceError readError(ByteReader in) {
        return new InstanceError(
                in.readString(), in.readString(), in.readString(), in.readString(), in.readString(), in.readLong());
    }
}
