// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.verdict;

import io.evenkeel.correlator.terminal.TextTable;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A comparison for people. */
public final class VerdictTable {
    private VerdictTable() {}

    /**
     * A table, and the first few differences below it.
     *
     * @param events    what was published, such as {@code flights}
     * @param published how many are with the broker
     * @param gapMs     the longest silence after the fault; 0: there was none
     */
    public static String of(String events, long published, Comparison comparison, long gapMs) {
        StringBuilder text = new StringBuilder(new TextTable("what", "count")
                .row(events + " published", published)
                .row("matches expected", comparison.expected())
                .row("matches received", comparison.received())
                .row("lost", comparison.lost())
                .row("duplicated", comparison.duplicated())
                .row("phantom", comparison.phantom())
                .row("out of order", comparison.outOfOrder())
                .row("failover gap in ms", gapMs)
                .toString());
        comparison
                .examples()
                .forEach(example ->
                        text.append(System.lineSeparator()).append("  ").append(example));
        return text.toString();
    }

    /** The longest silence in the stream of matches that ended after the fault, in ms. */
    public static long gapMs(long faultNanos, List<ReceivedMatch> matches) {
        List<Long> times = matches.stream().map(ReceivedMatch::nanos).sorted().toList();
        long longest = 0;
        long before = faultNanos;
        for (long time : times) {
            if (time - faultNanos > 0) {
                longest = Math.max(longest, time - before);
                before = time;
            }
        }
        return TimeUnit.NANOSECONDS.toMillis(longest);
    }
}
