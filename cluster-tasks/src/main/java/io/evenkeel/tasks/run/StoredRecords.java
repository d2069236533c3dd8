// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.tasks.run;

import io.evenkeel.tasks.record.JobRecord;
import io.evenkeel.tasks.record.RecordCodec;
import io.evenkeel.tasks.record.Run;
import io.evenkeel.tasks.record.Stored;
import io.evenkeel.tasks.record.TaskRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What the store held when it was looked at, read once.
 *
 * @param values all of it, as it is stored
 * @param tasks  by key, deleted ones too
 * @param jobs   by key
 * @param runs   by key
 */
record StoredRecords(
        Map<String, Stored> values,
        SortedMap<String, TaskRecord> tasks,
        SortedMap<String, JobRecord> jobs,
        SortedMap<String, Run> runs) {

    static StoredRecords of(Map<String, Stored> values) {
        StoredRecords records = new StoredRecords(values, new TreeMap<>(), new TreeMap<>(), new TreeMap<>());
        values.forEach((key, value) -> {
            if (key.startsWith(TaskRecord.prefix())) {
                records.tasks.put(key, RecordCodec.decode(value.bytes(), TaskRecord.class));
            } else if (key.startsWith(JobRecord.prefix())) {
                records.jobs.put(key, RecordCodec.decode(value.bytes(), JobRecord.class));
            } else if (key.startsWith(Run.prefix())) {
                records.runs.put(key, RecordCodec.decode(value.bytes(), Run.class));
            }
        });
        return records;
    }

    /** Keys of tasks that were deleted, and of jobs that have ended, before a time, in ms since the epoch; their runs too. */
    List<String> endedBefore(long timeMs) {
        List<String> ended = new ArrayList<>();
        tasks.forEach((key, task) -> {
            if (task.deleted() && task.changedMs() < timeMs) {
                ended.add(key);
                String slots = Run.keyOfTask(task.name(), "");
                runs.keySet().stream().filter(run -> run.startsWith(slots)).forEach(ended::add);
            }
        });
        jobs.forEach((key, job) -> {
            Run last = runs.get(Run.keyOfJob(job.id()));
            if (last != null && last.state().ended() && last.changedMs() < timeMs) {
                ended.add(key);
                ended.add(Run.keyOfJob(job.id()));
            }
        });
        return ended;
    }
}
