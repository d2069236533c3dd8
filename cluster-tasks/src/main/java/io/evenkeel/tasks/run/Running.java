// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.tasks.run;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import io.evenkeel.tasks.record.RecordCodec;
import io.evenkeel.tasks.record.Run;
import io.evenkeel.tasks.record.RunState;
import io.evenkeel.tasks.record.Stored;
import io.evenkeel.tasks.record.TaskStore;
import io.evenkeel.tasks.record.TasksUnavailableException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A task or job while this node runs it, on a thread of its own. Stopped from outside; the rest is that thread's. */
final class Running implements JobContext {
    private static final Logger LOG = LoggerFactory.getLogger(Running.class);
    private static final long FIRST_PAUSE_MS = 500;
    private static final int MOST_DOUBLINGS = 6;
    private static final long ASK_AGAIN_MS = 100;
    private static final int LONGEST_FAILURE = 500;

    private final String key;
    private final JsonNode settings;
    private final Work work;
    private final int attempts;
    private final TaskStore store;
    private final Certainty certainty;
    private final Clock clock;
    private final Consumer<Enum<?>> steps;
    private final Thread thread;
    private final CountDownLatch stopped = new CountDownLatch(1);
    private volatile Run run;
    private volatile long stamp;
    private ResultPieces pieces;
    /** Without a checkpoint in between; of this one's thread. */
    private int failedInARow;

    /** What is run. */
    interface Work {
        void run(JobContext context) throws Exception;
    }

    /** @param attempts of a job: how often it may fail; 0: a task, which is tried for ever */
    Running(
            String key,
            Run run,
            JsonNode settings,
            Work work,
            int attempts,
            TaskStore store,
            Certainty certainty,
            Clock clock,
            Consumer<Enum<?>> steps) {
        this.key = key;
        this.run = run;
        this.stamp = Stored.stampOf(run.fence());
        this.settings = settings;
        this.work = work;
        this.attempts = attempts;
        this.store = store;
        this.certainty = certainty;
        this.clock = clock;
        this.steps = steps;
        this.pieces = new ResultPieces(store, run);
        this.thread = new Thread(this::live, "evenkeel-task-" + run.of() + "-" + run.slot());
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    /** Tells it to end; it does soon. */
    void stop() {
        stopped.countDown();
        thread.interrupt();
    }

    boolean stopping() {
        return stopped.getCount() == 0;
    }

    boolean alive() {
        return thread.isAlive();
    }

    Run run() {
        return run;
    }

    /** Of the last write that is known. Meant for whoever writes after this has ended. */
    long stamp() {
        return stamp;
    }

    private void live() {
        steps.accept(RunStep.TAKEN);
        try {
            while (!stopping()) {
                try {
                    begin();
                    work.run(this);
                    if (attempts > 0) {
                        finish();
                        return;
                    }
                    pause(Duration.ofMillis(FIRST_PAUSE_MS));
                } catch (StoppedException | InterruptedException e) {
                    throw e;
                } catch (TasksUnavailableException e) {
                    // The cluster's failure, not its own.
                    LOG.debug("{} tries again", key, e);
                    pause(Duration.ofMillis(FIRST_PAUSE_MS));
                } catch (Exception | LinkageError | StackOverflowError e) {
                    if (stopping()) {
                        return;
                    }
                    LOG.warn("{} failed on this node (attempt {})", key, run.attempt(), e);
                    if (fail(e)) {
                        return;
                    }
                    pause(Duration.ofMillis(FIRST_PAUSE_MS << Math.min(failedInARow++, MOST_DOUBLINGS)));
                    write(run.startedAgain(clock.millis()));
                }
            }
        } catch (StoppedException e) {
            if (stopping()) {
                LOG.debug("{} stops", key);
            } else {
                LOG.warn("{} is left to others: {}", key, e.getMessage());
            }
        } catch (InterruptedException e) {
            // It is told to stop, and does.
            LOG.debug("{} was interrupted", key);
        }
    }

    /** From the last checkpoint, as far as its result is still there: in the memory of the nodes it may be lost. */
    private void begin() {
        if (run.pieces().stream().anyMatch(piece -> store.readPiece(piece).isEmpty())) {
            LOG.warn("{} begins anew: pieces of its result are lost", key);
            run = run.at(null, 0, 0, List.of(), clock.millis());
        }
        pieces = new ResultPieces(store, run);
    }

    private void finish() throws StoppedException, InterruptedException {
        flush();
        requireHere();
        steps.accept(RunStep.BEFORE_DONE);
        Run done = run.at(run.checkpoint(), run.done(), run.total(), pieces.kept(), clock.millis());
        write(done.in(RunState.DONE, clock.millis()));
        steps.accept(RunStep.AFTER_DONE);
    }

    /** True if that was the last attempt. */
    private boolean fail(Throwable e) throws StoppedException, InterruptedException {
        String message = String.valueOf(e.getMessage());
        // What was written to be read says it all; of others the class is what tells most.
        String text = message.startsWith("Expected ") ? message : e.getClass().getSimpleName() + ": " + message;
        String cut = text.length() > LONGEST_FAILURE ? text.substring(0, LONGEST_FAILURE) + "…" : text;
        Run failed = run.failed(cut, clock.millis());
        boolean last = attempts > 0 && (failed.failures() >= attempts || e instanceof ResultTooLargeException);
        write(last ? failed.in(RunState.FAILED, clock.millis()) : failed);
        return last;
    }

    private void write(Run next) throws StoppedException, InterruptedException {
        byte[] bytes = RecordCodec.encode(next);
        while (true) {
            if (stopping()) {
                throw new StoppedException("it is to stop");
            }
            try {
                if (store.swap(key, stamp, new Stored(stamp + 1, bytes))) {
                    stamp++;
                    run = next;
                    return;
                }
                Stored present = store.read(key).orElse(null);
                Run there = present == null ? null : RecordCodec.decode(present.bytes(), Run.class);
                throw new StoppedException(
                        there == null
                                ? "it is gone"
                                : "node " + there.node() + " took it over. mine=" + run.fence() + " current="
                                        + there.fence());
            } catch (TasksUnavailableException e) {
                // It may have happened: the same again is known then.
                LOG.debug("{} writes again", key, e);
                pause(Duration.ofMillis(ASK_AGAIN_MS));
            }
        }
    }

    private void flush() throws StoppedException, InterruptedException {
        while (true) {
            try {
                requireHere();
                if (pieces.flush()) {
                    steps.accept(RunStep.PIECE_KEPT);
                }
                return;
            } catch (TasksUnavailableException e) {
                LOG.debug("{} keeps a piece again", key, e);
                pause(Duration.ofMillis(ASK_AGAIN_MS));
            }
        }
    }

    @Override
    public String name() {
        return run.of();
    }

    @Override
    public JsonNode settings() {
        return settings;
    }

    @Override
    public @Nullable JsonNode checkpoint() {
        return run.checkpoint();
    }

    @Override
    public void checkpoint(JsonNode reached, long done, long total) throws StoppedException, InterruptedException {
        requireNonNull(reached, "reached");
        flush();
        write(run.at(reached, done, total, pieces.kept(), clock.millis()));
        failedInARow = 0;
        steps.accept(RunStep.CHECKPOINTED);
    }

    @Override
    public void result(String line) throws StoppedException, InterruptedException {
        pieces.add(line);
        if (pieces.full()) {
            flush();
        }
    }

    @Override
    public void progress(long done, long total) throws StoppedException, InterruptedException {
        requireHere();
        write(run.at(run.checkpoint(), done, total, run.pieces(), clock.millis()));
    }

    @Override
    public void requireHere() throws StoppedException, InterruptedException {
        while (true) {
            if (stopping()) {
                throw new StoppedException("it is to stop");
            }
            if (certainty.sure()) {
                return;
            }
            pause(Duration.ofMillis(ASK_AGAIN_MS));
        }
    }

    @Override
    public void pause(Duration length) throws StoppedException, InterruptedException {
        if (stopped.await(length.toMillis(), TimeUnit.MILLISECONDS)) {
            throw new StoppedException("it is to stop");
        }
    }
}
