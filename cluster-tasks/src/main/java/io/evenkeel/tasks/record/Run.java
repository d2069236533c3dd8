// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.tasks.record;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A task, one slot of it, or a job, as it is being done. Written by the node that does it, and by the one that takes it
 * over; each take-over raises the fence.
 *
 * @param of         name of the task, or id of the job
 * @param slot       of a task; "0" for those that run once
 * @param born       of the task or job, so that a new one of the same name begins anew
 * @param node       name of the node that has it
 * @param member     id of that node's membership: another one after each restart
 * @param fence      counts take-overs from 1
 * @param attempt    counts starts from 1, after failures on the same node too
 * @param failures   how often it failed, or its node died
 * @param checkpoint as its kind understands it; null: it begins at the beginning
 * @param done       how much is done, in what its kind counts
 * @param total      of how much; 0: not known
 * @param failure    the last one, in words; null: none
 * @param pieces     keys of the pieces of the result so far, in their order
 * @param changedMs  ms since the epoch
 */
public record Run(
        String of,
        String slot,
        long born,
        String node,
        String member,
        long fence,
        RunState state,
        int attempt,
        int failures,
        @Nullable JsonNode checkpoint,
        long done,
        long total,
        @Nullable String failure,
        List<String> pieces,
        long changedMs) {
    private static final String PREFIX = "run/";
    private static final String OF_TASK = PREFIX + "task/";
    private static final String OF_JOB = PREFIX + "job/";

    public Run {
        requireNonNull(of, "of");
        requireNonNull(slot, "slot");
        requireNonNull(node, "node");
        requireNonNull(member, "member");
        requireNonNull(state, "state");
        // As JSON it comes back as a node.
        checkpoint = checkpoint == null || checkpoint.isNull() ? null : checkpoint;
        pieces = List.copyOf(pieces);
    }

    /** Nobody has begun yet: fence 0. */
    public static Run unbegun(String of, String slot, long born, long now) {
        return new Run(of, slot, born, "", "", 0, RunState.RELEASED, 0, 0, null, 0, 0, null, List.of(), now);
    }

    /** Of all keys of runs. */
    public static String prefix() {
        return PREFIX;
    }

    public static String taskPrefix() {
        return OF_TASK;
    }

    public static String jobPrefix() {
        return OF_JOB;
    }

    public static String keyOfTask(String name, String slot) {
        return OF_TASK + name + "/" + slot;
    }

    public static String keyOfJob(String id) {
        return OF_JOB + id;
    }

    /** The same as if it had not begun, under the fence that is reached: another of the same name was here before. */
    public Run anew(long nowBorn, long now) {
        return new Run(of, slot, nowBorn, "", "", fence, RunState.RELEASED, 0, 0, null, 0, 0, null, List.of(), now);
    }

    /** In the hands of another node, under the next fence. */
    public Run takenBy(String byNode, String byMember, long now) {
        return new Run(
                of,
                slot,
                born,
                byNode,
                byMember,
                fence + 1,
                RunState.RUNNING,
                attempt + 1,
                failures,
                checkpoint,
                done,
                total,
                failure,
                pieces,
                now);
    }

    /** A failure more. */
    public Run failed(String why, long now) {
        return with(state, attempt, failures + 1, why, now);
    }

    /** Started again by the same node. */
    public Run startedAgain(long now) {
        return with(state, attempt + 1, failures, failure, now);
    }

    public Run in(RunState next, long now) {
        return with(next, attempt, failures, failure, now);
    }

    private Run with(RunState nowState, int attempts, int failed, @Nullable String why, long now) {
        return new Run(
                of,
                slot,
                born,
                node,
                member,
                fence,
                nowState,
                attempts,
                failed,
                checkpoint,
                done,
                total,
                why,
                pieces,
                now);
    }

    /** As far as this. */
    public Run at(@Nullable JsonNode reached, long nowDone, long ofTotal, List<String> nowPieces, long now) {
        return new Run(
                of, slot, born, node, member, fence, state, attempt, failures, reached, nowDone, ofTotal, failure,
                nowPieces, now);
    }
}
