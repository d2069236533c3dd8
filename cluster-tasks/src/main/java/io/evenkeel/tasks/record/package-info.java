// SPDX-License-Identifier: Apache-2.0
/**
 * What the grid keeps of tasks and jobs: what is to be done ({@link io.evenkeel.tasks.record.TaskRecord}, {@link
 * io.evenkeel.tasks.record.JobRecord}), who does it and how far it has come ({@link io.evenkeel.tasks.record.Run}), and
 * which nodes serve ({@link io.evenkeel.tasks.record.Presence}).
 *
 * <p>Each is one value under one key, and is changed by comparing its stamp, so that of two who change it one is told that
 * the other was first. The stamp of a run begins with its fence, a number that rises whenever another node takes it over:
 * whoever still holds an older one can write nothing any more.
 */
@NullMarked
package io.evenkeel.tasks.record;

import org.jspecify.annotations.NullMarked;
