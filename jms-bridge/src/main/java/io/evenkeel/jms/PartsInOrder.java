// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.jms;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has the parts of a batch processed one after the other, while the receiver's thread reads the parts that follow.
 *
 * <p>After a part has failed none is processed any more: what follows it in the queue would be logged before it. Belongs
 * to one session, and ends with it.
 *
 * <p><b>Threads.</b> Called by the receiver's; has one of its own from the first part on, in which parts are processed.
 */
final class PartsInOrder implements AutoCloseable {
    /** Longer than processing takes to notice that it was interrupted. */
    private static final long CLOSE_LIMIT_S = 20;

    private static final Logger LOG = LoggerFactory.getLogger(PartsInOrder.class);

    private final String name;
    private final Processing processing;
    private final ExecutorService executor;
    private final List<Future<BatchAnswer>> parts = new ArrayList<>();
    /** Written and read by the executor's thread only. */
    private boolean failed;

    /** What is done with a part; as {@link BatchProcessor#process}. */
    interface Processing {
        BatchAnswer process(Batch part) throws BatchFailedException, InterruptedException;
    }

    /** @param name of the receiver */
    PartsInOrder(String name, Processing processing) {
        this.name = name;
        this.processing = processing;
        this.executor = Executors.newSingleThreadExecutor(work -> new Thread(work, "evenkeel-parts-" + name));
    }

    /** Have a part processed after those before it. Returns at once. */
    void submit(Batch part) {
        parts.add(executor.submit(() -> process(part)));
    }

    private BatchAnswer process(Batch part) throws BatchFailedException, InterruptedException {
        if (failed) {
            throw new BatchFailedException(
                    "Expected the parts of a batch in their order, but one before this failed. batch="
                            + part.source().number(),
                    null);
        }
        failed = true;
        BatchAnswer answer = processing.process(part);
        failed = false;
        return answer;
    }

    /**
     * Wait for all parts since the last call.
     *
     * @return their answers in the order of the parts
     * @throws BatchFailedException if a part was not processed; the session is to be given up
     */
    BatchAnswer await() throws BatchFailedException, InterruptedException {
        List<OutboundMatch> matches = new ArrayList<>();
        List<LateNotice> late = new ArrayList<>(0);
        for (Future<BatchAnswer> part : parts) {
            try {
                BatchAnswer answer = part.get();
                matches.addAll(answer.matches());
                late.addAll(answer.late());
            } catch (ExecutionException e) {
                if (e.getCause() instanceof BatchFailedException failure) {
                    throw new BatchFailedException(String.valueOf(failure.getMessage()), failure);
                }
                throw new BatchFailedException(
                        "Expected to process a part of a batch, but it threw " + e.getCause(), e.getCause());
            }
        }
        parts.clear();
        return new BatchAnswer(matches, late);
    }

    /** Give up what is under way, and wait until it has ended: nothing of it may be logged after this session. */
    @Override
    public void close() {
        executor.shutdownNow();
        try {
            if (!executor.awaitTermination(CLOSE_LIMIT_S, TimeUnit.SECONDS)) {
                LOG.warn(
                        "Expected the batch at hand of receiver {} to end within {} s of being given up, but it did not",
                        name,
                        CLOSE_LIMIT_S);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
