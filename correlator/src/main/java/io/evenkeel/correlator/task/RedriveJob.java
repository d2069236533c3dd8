// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.task;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.evenkeel.jms.QueueMove;
import io.evenkeel.jms.QueueMover;
import io.evenkeel.jms.QueueMover.Moved;
import io.evenkeel.query.Fault;
import io.evenkeel.tasks.run.FieldCheck;
import io.evenkeel.tasks.run.JobContext;
import io.evenkeel.tasks.run.JobKind;
import io.evenkeel.tasks.run.StoppedException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;

/**
 * Moves messages that were rejected, or came too late, back to their queue: those that were there when the job began. The
 * checkpoint is that instant and how many were moved; it is kept after each transaction, so of one whose node died
 * right after its commit the messages are moved, and not counted.
 */
final class RedriveJob implements JobKind {
    private static final int AT_A_TIME = 100;
    private static final List<String> SUFFIXES = List.of(".rejected", ".late");
    /** What a dead node held comes back to the queue when the broker has noticed, which may be after the grid has. */
    private static final int LOOKS_AFTER_ANOTHER = 10;

    private static final String LATE_REMARK =
            "Late events have kept their ids: as long as the log still holds one, which is cluster.dedupeWindow at least,"
                    + " the event is a repeat and has no effect. With newIds it counts again, also for queries that had it.";

    private final Brokers brokers;
    private final Clock clock;

    RedriveJob(Brokers brokers, Clock clock) {
        this.brokers = brokers;
        this.clock = clock;
    }

    @Override
    public String name() {
        return "redrive";
    }

    @Override
    public List<Fault> check(JsonNode settings) {
        FieldCheck checked =
                FieldCheck.ofSettings(settings, "from", "to", "connection", "selector", "limit", "perSecond", "newIds");
        Brokers.checkQueue(checked, settings, "from");
        brokers.check(checked, settings);
        String from = settings.path("from").asText();
        if (settings.has("to")) {
            Brokers.checkQueue(checked, settings, "to");
            if (settings.path("to").asText().equals(from)) {
                checked.fault("to", "Expected another queue than from, but it is the same.");
            }
        } else if (withoutSuffix(from).isEmpty()) {
            checked.fault("to", "Expected a queue, since from ends with none of " + SUFFIXES + ", but it is missing.");
        }
        if (settings.has("selector")) {
            checked.text("selector");
            QueueMove.findFault(settings.path("selector").asText())
                    .ifPresent(fault -> checked.fault(
                            "selector",
                            "Expected a JMS selector such as evenkeelReason = 'NULL_KEY', but it is none: " + fault));
        }
        checkNumber(checked, settings, "limit");
        checkNumber(checked, settings, "perSecond");
        JsonNode newIds = settings.path("newIds");
        if (!newIds.isMissingNode() && !newIds.isBoolean()) {
            checked.fault("newIds", "Expected true or false, but it is " + newIds + ".");
        }
        return checked.faults();
    }

    private static void checkNumber(FieldCheck checked, JsonNode settings, String name) {
        JsonNode number = settings.path(name);
        if (!number.isMissingNode()
                && (!number.isIntegralNumber() || !number.canConvertToLong() || number.asLong() < 1)) {
            checked.fault(name, "Expected a number from 1 on, but it is " + number + ".");
        }
    }

    private static String withoutSuffix(String queue) {
        return SUFFIXES.stream()
                .filter(suffix -> queue.endsWith(suffix) && queue.length() > suffix.length())
                .map(suffix -> queue.substring(0, queue.length() - suffix.length()))
                .findFirst()
                .orElse("");
    }

    @Override
    public void run(JobContext context) throws Exception {
        JsonNode settings = context.settings();
        JsonNode reached = context.checkpoint();
        long begunMs =
                reached == null ? clock.millis() : reached.path("begunMs").asLong();
        long moved = reached == null ? 0 : reached.path("moved").asLong();
        long late = reached == null ? 0 : reached.path("late").asLong();
        long limit = settings.path("limit").asLong(Long.MAX_VALUE);
        long total = settings.path("limit").asLong(0);
        context.checkpoint(checkpoint(begunMs, moved, late), moved, total);
        String from = settings.path("from").asText();
        QueueMove move = new QueueMove(
                context.name(),
                from,
                settings.path("to").asText(withoutSuffix(from)),
                settings.path("selector").asText(""),
                begunMs,
                settings.path("newIds").asBoolean(false));
        Pace pace = new Pace(settings.path("perSecond").asLong(Long.MAX_VALUE));
        try (QueueMover mover = QueueMover.open(brokers.named(settings), move)) {
            int looks = reached == null ? 1 : LOOKS_AFTER_ANOTHER;
            while (moved < limit && looks > 0) {
                context.requireHere();
                Moved some = mover.move((int) Math.min(Math.min(AT_A_TIME, pace.perSecond()), limit - moved));
                if (some.messages() == 0) {
                    looks--;
                } else {
                    moved += some.messages();
                    late += some.late();
                    context.checkpoint(checkpoint(begunMs, moved, late), moved, total);
                    pace.keep(context, some.messages());
                }
            }
        }
        context.result(result(move, moved, late));
    }

    /** Holds messages to so many a second, from one transaction to the next: a pause gives no right to catch up. */
    private static final class Pace {
        private final long perSecond;
        private long beganNanos = System.nanoTime();

        private Pace(long perSecond) {
            this.perSecond = perSecond;
        }

        long perSecond() {
            return perSecond;
        }

        void keep(JobContext context, int messages) throws StoppedException, InterruptedException {
            long due = (long) (messages * 1e9 / perSecond);
            long left = beganNanos + due - System.nanoTime();
            if (left > 0) {
                // Up to the next millisecond, which is as exact as a pause is.
                context.pause(Duration.ofNanos(left + 999_999));
            }
            beganNanos = System.nanoTime();
        }
    }

    private static ObjectNode checkpoint(long begunMs, long moved, long late) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("begunMs", begunMs)
                .put("moved", moved)
                .put("late", late);
    }

    private static String result(QueueMove move, long moved, long late) {
        ObjectNode result = JsonNodeFactory.instance
                .objectNode()
                .put("from", move.from())
                .put("to", move.to())
                .put("moved", moved)
                .put("late", late);
        if (late > 0 && !move.newIds()) {
            result.put("remark", LATE_REMARK);
        }
        return result.toString();
    }
}
