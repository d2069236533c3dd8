// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.shard;

import io.evenkeel.query.Event;
import io.evenkeel.query.QueryInput.SourceTime;
import io.evenkeel.query.QueryInstance;
import io.evenkeel.runtime.plan.QueryPlan;
import io.evenkeel.runtime.plan.QueryPlans;
import io.evenkeel.runtime.shard.Cause.EventCause;
import io.evenkeel.runtime.shard.Cause.TickCause;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The protocol of receivers and owners in one thread, with crashes, redeliveries, takeovers and late requests at random
 * points. Everything follows from the seed. Nodes are names: what dies with a node is its shards and its sessions.
 *
 * <p>What it does not cover: the grid's replication (an append here is there or not), and the broker's.
 */
final class ShardSimulation {
    record Outcome(List<String> faults, int published, int matches, int crashes, int late) {}

    private record Late(ShardRequest request, Shard owner) {}

    /**
     * A commit that the receiver has begun.
     *
     * @param detoured those of the causes that it sends on the detour
     * @param done     true if the broker has made it, which the receiver may not know
     */
    private record OpenCommit(
            long batch, List<Cause> causes, List<Cause> detoured, List<ShardReply> answers, boolean done) {}

    private static final String QUERY = "sums";
    private static final int SHARDS = 3;
    private static final int KEYS = 7;

    private static final int BATCH = 6;
    private static final Duration DEDUPE = Duration.ofMillis(300);

    private final Random random;
    private final Set<Guard> guards;
    /** Whether the receiver of events is relaxed and sends on a detour what is for a frozen owner. */
    private final boolean relaxed;

    private final boolean sourceTime;
    private final int wait;
    private final SumQuery query;
    private final ShardSettings settings;
    private final List<QueryInstance> instances;
    private final MemoryShardLog log = new MemoryShardLog();
    private final SimulatedQueue input = new SimulatedQueue("in");
    private final SimulatedQueue ticks = new SimulatedQueue("ticks");
    private final SimulatedQueue detour = new SimulatedQueue("in.detour");
    private final Set<Integer> frozen = new TreeSet<>();
    private final Set<Integer> onDetour = new TreeSet<>();
    /** Ingress time of the oldest event on the detour, while there is one. */
    private long detourFirst = Long.MAX_VALUE;

    private final Map<Integer, Shard> owners = new HashMap<>();
    private final Map<Integer, Shard> supplanted = new HashMap<>();
    private final List<Late> lateRequests = new ArrayList<>();
    private final List<Match> output = new ArrayList<>();
    private final List<String> lateOutput = new ArrayList<>();
    private final List<SimulationCheck.Timed> accepted = new ArrayList<>();
    private final List<String> tooLate = new ArrayList<>();
    private final List<EventCause> recent = new ArrayList<>();
    private final SortedMap<String, Long> watermarks = new TreeMap<>();
    private final Map<SimulatedQueue, Session> sessions = new LinkedHashMap<>();
    private long now = 1_000;
    /** Of all that was published. */
    private long newest = Long.MIN_VALUE;
    /** Ingress time up to which events are logged. */
    private long readThrough = now;

    private long messages;
    private long generations;
    private int crashes;

    /** A session of the one active receiver of a queue. */
    private static final class Session {
        private final long generation;
        private long batch;
        private long confirmed;
        private int committedMessages;
        private @Nullable OpenCommit open;

        Session(long generation) {
            this.generation = generation;
        }
    }

    ShardSimulation(long seed, Set<Guard> guards, boolean relaxed) {
        this.random = new Random(seed);
        this.guards = guards;
        this.relaxed = relaxed;
        // What a query on source time reads takes no detour.
        this.sourceTime = random.nextInt(3) == 0 && !relaxed;
        // Longer than ids are kept, too: then only what is held keeps events in the log.
        this.wait = random.nextInt(4) == 0 ? 350 + random.nextInt(200) : random.nextInt(60);
        int settledAfter = (guards.contains(Guard.LATE_SETTLING) ? 2 : 1) * BATCH;
        this.settings = new ShardSettings(DEDUPE, Duration.ofHours(1), settledAfter, Stopwatch.NONE);
        this.query = new SumQuery(QUERY, sourceTime ? SourceTime.of("at", Duration.ofMillis(wait)) : null);
        this.instances = List.of(
                SumQuery.instance(QUERY, "high", 20),
                SumQuery.instance(QUERY, "low", 6),
                SumQuery.instance(QUERY, "odd", 9));
    }

    static Outcome run(long seed) {
        return run(seed, EnumSet.allOf(Guard.class));
    }

    static Outcome run(long seed, Set<Guard> guards) {
        return new ShardSimulation(seed, guards, false).run();
    }

    /** With a relaxed receiver, frozen owners and a detour. */
    static Outcome runWithDetour(long seed, Set<Guard> guards) {
        return new ShardSimulation(seed, guards, true).run();
    }

    private Outcome run() {
        int steps = 120 + random.nextInt(120);
        for (int i = 0; i < steps; i++) {
            step();
        }
        drain();
        return new Outcome(faults(), accepted.size(), output.size(), crashes, lateOutput.size());
    }

    private List<String> faults() {
        List<String> faults = new SimulationCheck(query, instances, accepted, now).faults(output, residue());
        Collections.sort(lateOutput);
        Collections.sort(tooLate);
        if (!lateOutput.equals(tooLate)) {
            faults.add("T: expected these to be late " + tooLate + " but got " + lateOutput);
        }
        return faults;
    }

    private void step() {
        int dice = random.nextInt(relaxed ? 130 : 100);
        now += random.nextInt(12);
        if (dice >= 100) {
            detourStep(dice);
        } else if (dice < 45) {
            publish();
        } else if (dice < 72) {
            turn(input, random.nextInt(4) == 0);
        } else if (dice < 82) {
            sendTickIfDue();
            turn(ticks, random.nextInt(4) == 0);
        } else if (dice < 90) {
            crashOwner(random.nextInt(SHARDS));
        } else if (dice < 94) {
            moveShard(random.nextInt(SHARDS));
        } else if (dice < 97) {
            closeSession(random.nextBoolean() ? input : ticks);
        } else {
            deliverLateRequest();
        }
    }

    private void publish() {
        if (!recent.isEmpty() && random.nextInt(10) == 0) {
            EventCause again = recent.get(random.nextInt(recent.size()));
            if (again.ingressMs() > now - DEDUPE.toMillis() / 2) {
                input.publish(new EventCause(nextMessageId(), again.eventId(), again.event(), now));
            }
            return;
        }
        long at = now;
        if (sourceTime) {
            at -= random.nextInt(20) == 0 ? wait + random.nextInt(50) : random.nextInt(wait + 1);
            // Without a wait the order of the queue is all there is.
            at = wait == 0 && random.nextInt(20) > 0 ? Math.max(at, newest) : at;
        }
        Event event = SumQuery.reading("k" + random.nextInt(KEYS), random.nextInt(16), at);
        String id = nextMessageId();
        EventCause cause = new EventCause(id, random.nextBoolean() ? "e" + id : id, event, now);
        if (sourceTime && newest != Long.MIN_VALUE && at < newest - wait) {
            tooLate.add(id);
        } else {
            accepted.add(new SimulationCheck.Timed(event, at));
        }
        newest = Math.max(newest, at);
        recent.add(cause);
        input.publish(cause);
    }

    private String nextMessageId() {
        return "m" + ++messages;
    }

    private void detourStep(int dice) {
        int shard = random.nextInt(SHARDS);
        if (dice < 115) {
            turn(detour, random.nextInt(4) == 0);
        } else if (dice < 122) {
            owner(shard);
            frozen.add(shard);
        } else if (frozen.remove(shard) && dice < 126) {
            // It was taken for dead; if it wakes up it is fenced.
            moveShard(shard);
        } else {
            // It wakes up, and finds what it was asked meanwhile.
            List<Late> waiting = lateRequests.stream()
                    .filter(late -> late.request().shard() == shard)
                    .toList();
            waiting.forEach(this::deliver);
        }
    }

    /** What the receiver does before each batch: nothing may be on the detour, and nobody be frozen, when it ends. */
    private void endDetour() {
        Session session = sessions.get(input);
        if (relaxed && !onDetour.isEmpty() && onDetour.stream().noneMatch(frozen::contains) && random.nextBoolean()) {
            if (session != null) {
                learnOfCommit(input, session);
            }
            if (detour.depth() == 0 || !guards.contains(Guard.DETOUR_DRAINED)) {
                onDetour.clear();
                detourFirst = Long.MAX_VALUE;
            }
        }
    }

    /** Nobody answers for a shard. The request reaches its owner all the same, perhaps, when it wakes up. */
    private void meetFrozen(SimulatedQueue queue, Session session, ShardRequest request) {
        lateRequests.add(new Late(request, owner(request.shard())));
        if (queue == input) {
            onDetour.add(request.shard());
        }
        if (queue == input && !guards.contains(Guard.DETOUR_IN_NEW_SESSION)) {
            learnOfCommit(queue, session);
            queue.giveBack();
        } else {
            receiverDies(queue);
        }
    }

    private long held(long until) {
        return guards.contains(Guard.DETOUR_HOLDS_TIME) ? Math.min(until, detourFirst) : until;
    }

    private void sendTickIfDue() {
        for (int shard = 0; shard < SHARDS; shard++) {
            if (frozen.contains(shard)) {
                continue;
            }
            long until = held(input.depth() == 0 ? now : readThrough);
            if (owner(shard).timerIsDue(until, watermarks)) {
                ticks.publish(new TickCause(nextMessageId(), now, until, watermarks));
                return;
            }
        }
    }

    /**
     * A receiver's loop, once round, with an accident at one of its points if it is to be rough. The batch before may still
     * be in its commit meanwhile.
     */
    private void turn(SimulatedQueue queue, boolean rough) {
        if (queue == input) {
            endDetour();
        }
        Session session = sessions.computeIfAbsent(queue, q -> new Session(++generations));
        List<Cause> causes = marked(queue.receive(1 + random.nextInt(BATCH)));
        if (random.nextBoolean()) {
            learnOfCommit(queue, session);
        }
        if (!guards.contains(Guard.FINISHED_BATCHES)) {
            raiseWatermark(causes);
        }
        session.batch++;
        if (!guards.contains(Guard.ANSWER_BEFORE_ACKNOWLEDGE)) {
            queue.acknowledge(causes.size());
        }
        Map<Integer, List<Cause>> byShard = route(causes);
        if (isStrict(queue) && queue.depth() == 0 && session.open == null && session.committedMessages > 0) {
            // Nothing is left of those before it, so all owners are told.
            session.committedMessages = Math.max(session.committedMessages, settings.settledAfter());
            owners.keySet().forEach(shard -> byShard.put(shard, List.of()));
        }
        List<Cause> detoured = queue == input ? takenAside(causes, byShard) : List.of();
        int accident = rough ? random.nextInt(byShard.size() + 3) : -1;
        List<ShardReply> answers = new ArrayList<>();
        int point = 0;
        for (Map.Entry<Integer, List<Cause>> part : byShard.entrySet()) {
            if (point++ == accident) {
                receiverDies(queue);
                return;
            }
            ShardRequest request = new ShardRequest(
                    part.getKey(), source(queue, session), watermarks, CauseBlock.of(recognisable(part.getValue())));
            if (frozen.contains(part.getKey())) {
                meetFrozen(queue, session, request);
                return;
            }
            Shard owner = ownerAsTheReceiverKnows(part.getKey());
            if (random.nextInt(25) == 0) {
                lateRequests.add(new Late(request, owner));
            }
            try {
                answers.add(owner.begin(request, now).complete());
            } catch (FencedException stale) {
                supplanted.remove(part.getKey(), owner);
                receiverDies(queue);
                return;
            }
        }
        raiseWatermark(causes);
        if (queue == input && !causes.isEmpty()) {
            readThrough =
                    Math.max(readThrough, held(causes.get(causes.size() - 1).ingressMs()));
        }
        if (point++ == accident) {
            receiverDies(queue);
            return;
        }
        learnOfCommit(queue, session);
        session.open = new OpenCommit(session.batch, causes, detoured, answers, false);
        if (point == accident) {
            receiverDies(queue);
        } else if (random.nextBoolean()) {
            learnOfCommit(queue, session);
        }
    }

    /** The receiver waits for its open commit, if there is one. */
    private void learnOfCommit(SimulatedQueue queue, Session session) {
        OpenCommit open = session.open;
        if (open != null) {
            makeCommit(queue, session);
            session.committedMessages += open.causes().size();
            session.confirmed = open.batch();
            session.open = null;
        }
    }

    /** The broker makes the open commit. */
    private void makeCommit(SimulatedQueue queue, Session session) {
        OpenCommit open = session.open;
        if (open == null || open.done()) {
            return;
        }
        session.open = new OpenCommit(open.batch(), open.causes(), open.detoured(), open.answers(), true);
        queue.acknowledge(open.causes().size());
        open.detoured().forEach(detour::publish);
        for (ShardReply answer : open.answers()) {
            output.addAll(answer.matches());
            answer.late().forEach(late -> lateOutput.add(late.messageId()));
        }
    }

    /** Takes out of a batch what is for shards on the detour. Events are for one shard each here. */
    private List<Cause> takenAside(List<Cause> causes, Map<Integer, List<Cause>> byShard) {
        List<Cause> aside = new ArrayList<>();
        for (int shard : onDetour) {
            aside.addAll(byShard.getOrDefault(shard, List.of()));
            byShard.remove(shard);
        }
        aside.sort(Comparator.comparingInt(causes::indexOf));
        aside.forEach(cause -> detourFirst = Math.min(detourFirst, cause.ingressMs()));
        return aside;
    }

    private void raiseWatermark(List<Cause> causes) {
        for (Cause cause : causes) {
            if (sourceTime && cause instanceof EventCause event) {
                watermarks.merge(QUERY, (Long) event.event().values()[2] - wait, Math::max);
            }
        }
    }

    /** As a receiver does it: each event tells the watermark as of its place in the queue. */
    private List<Cause> marked(List<Cause> causes) {
        List<Cause> marked = new ArrayList<>();
        long running = watermarks.getOrDefault(QUERY, Cause.NO_WATERMARK);
        for (Cause cause : causes) {
            if (sourceTime && cause instanceof EventCause event) {
                running = Math.max(running, (Long) event.event().values()[2] - wait);
                marked.add(event.at(Map.of(QUERY, running)));
            } else {
                marked.add(cause);
            }
        }
        return marked;
    }

    private Source source(SimulatedQueue queue, Session session) {
        boolean early = !guards.contains(Guard.KEEP_UNCONFIRMED);
        return new Source(
                queue.name(),
                session.generation,
                session.batch,
                early ? session.batch - 1 : session.confirmed,
                isStrict(queue) ? (early ? 2 * BATCH : session.committedMessages) : 0,
                isStrict(queue));
    }

    private boolean isStrict(SimulatedQueue queue) {
        return !relaxed || queue != input;
    }

    private List<Cause> recognisable(List<Cause> causes) {
        if (guards.contains(Guard.RECOGNITION)) {
            return causes;
        }
        List<Cause> disguised = new ArrayList<>();
        for (Cause cause : causes) {
            String id = nextMessageId();
            disguised.add(
                    cause instanceof EventCause event
                            ? new EventCause(id, id, event.event(), event.ingressMs(), event.watermarks())
                            : cause);
        }
        return disguised;
    }

    private Map<Integer, List<Cause>> route(List<Cause> causes) {
        Map<Integer, List<Cause>> byShard = new TreeMap<>();
        QueryPlans plans = plans();
        for (Cause cause : causes) {
            if (cause instanceof EventCause event) {
                for (int shard : plans.shardsOf(event.event())) {
                    byShard.computeIfAbsent(shard, s -> new ArrayList<>()).add(cause);
                }
            } else {
                for (int shard = 0; shard < SHARDS; shard++) {
                    byShard.computeIfAbsent(shard, s -> new ArrayList<>()).add(cause);
                }
            }
        }
        return byShard;
    }

    private QueryPlans plans() {
        return new QueryPlans(
                1, SHARDS, Map.of(QUERY, new QueryPlan(1, query, instances, Map.of("Reading", SumQuery.TYPE))));
    }

    private Shard owner(int shard) {
        return owners.computeIfAbsent(shard, this::claim);
    }

    private Shard claim(int shard) {
        ShardLog seen = guards.contains(Guard.EPOCH) ? log : new UnguardedLog(log);
        return Shard.claim(shard, "node", seen, settings, plans());
    }

    private void crashOwner(int shard) {
        crashes++;
        frozen.remove(shard);
        Shard dead = owners.remove(shard);
        if (dead != null) {
            dead.close();
        }
        supplanted.remove(shard);
        lateRequests.removeIf(late -> late.owner() == dead);
    }

    /** The old owner does not know: it goes on with what reaches it late, or by a receiver that does not know either. */
    private void moveShard(int shard) {
        frozen.remove(shard);
        Shard old = owners.put(shard, claim(shard));
        if (old != null) {
            supplanted.put(shard, old);
        }
    }

    private Shard ownerAsTheReceiverKnows(int shard) {
        Shard old = supplanted.get(shard);
        return old != null && random.nextInt(3) == 0 ? old : owner(shard);
    }

    private void receiverDies(SimulatedQueue queue) {
        crashes++;
        closeSession(queue);
    }

    /** What was not committed comes back; whether the open commit was made, the receiver does not learn. */
    private void closeSession(SimulatedQueue queue) {
        Session session = sessions.remove(queue);
        if (session != null && random.nextBoolean()) {
            makeCommit(queue, session);
        }
        queue.giveBack();
    }

    private void deliverLateRequest() {
        if (!lateRequests.isEmpty()) {
            Late late = lateRequests.get(random.nextInt(lateRequests.size()));
            if (!frozen.contains(late.request().shard())) {
                deliver(late);
            }
        }
    }

    private void deliver(Late late) {
        if (lateRequests.remove(late)) {
            try {
                late.owner().begin(late.request(), now).complete();
            } catch (FencedException | StaleReceiverException refused) {
                supplanted.remove(late.request().shard(), late.owner());
            }
        }
    }

    /** After the faults: everything is read, and time passes until no timer is left. */
    private void drain() {
        lateRequests.clear();
        supplanted.clear();
        frozen.clear();
        for (int i = 0; i < 500; i++) {
            sendTickIfDue();
            boolean idle = input.depth() == 0 && ticks.depth() == 0 && detour.depth() == 0 && onDetour.isEmpty();
            turn(input, false);
            if (relaxed) {
                turn(detour, false);
            }
            turn(ticks, false);
            sessions.forEach(this::learnOfCommit);
            if (idle && !timerWithin(now + 1_000)) {
                return;
            }
            now += 20;
            if (sourceTime && input.depth() == 0) {
                watermarks.merge(QUERY, now, Math::max);
            }
        }
    }

    private boolean timerWithin(long time) {
        for (int shard = 0; shard < SHARDS; shard++) {
            if (owner(shard).timerIsDue(time, Map.of(QUERY, time))) {
                return true;
            }
        }
        return false;
    }

    private List<String> residue() {
        List<String> faults = new ArrayList<>();
        if (input.depth() + ticks.depth() + detour.depth() > 0) {
            faults.add("R: messages left: " + input.depth() + " and ticks " + ticks.depth());
        }
        for (int shard = 0; guards.contains(Guard.EPOCH) && shard < SHARDS; shard++) {
            Shard replayed = Shard.claim(shard, "replay", log.copy(), settings, plans());
            CauseBlock probe = probe();
            List<Match> told = answersOf(owner(shard), probe);
            String live = owner(shard).status().troubles() + told.toString();
            String again =
                    replayed.status().troubles() + answersOf(replayed, probe).toString();
            if (!live.equals(again)) {
                faults.add("S: shard " + shard + " is " + live + ", replayed it is " + again);
            }
            if (!sourceTime) {
                faults.addAll(new SimulationCheck(query, instances, accepted, now)
                        .windowFaults(probe.causes(), told, event -> plans().shardsOf(event)[0] == replayed.id()));
            }
        }
        return faults;
    }

    private List<Match> answersOf(Shard shard, CauseBlock probe) {
        Source source = new Source("probe", generations + 1, 1, 0, 0, false);
        return shard.begin(new ShardRequest(shard.id(), source, new TreeMap<>(), probe), now)
                .complete()
                .matches();
    }

    /** An event for each key shows the sum, hence the window, of each. */
    private CauseBlock probe() {
        List<Cause> causes = new ArrayList<>();
        for (int key = 0; key < KEYS; key++) {
            String id = nextMessageId();
            causes.add(new EventCause(
                    id, id, SumQuery.reading("k" + key, 30, now), now, sourceTime ? Map.of(QUERY, now) : Map.of()));
        }
        return CauseBlock.of(causes);
    }
}
