// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.itests;

import io.evenkeel.itests.kit.ReceivedMatch;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Events of several kinds that happen to an item, and a query that tells of an item to which nothing more happens. */
final class Steps {
    static final String TYPE = "event: Step\nfields: {id: string, item: string, kind: string, n: integer}\n";

    /** By how much the clock of dates and the one that only goes forward may drift apart meanwhile. */
    private static final long CLOCKS_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    private Steps() {}

    /** A match {@code quiet} for each T that no U follows within so many seconds, with its {@code n}. */
    static String quiet(int seconds) {
        return """
                query: quiet
                inputs:
                  - {event: Step, key: [item], within: 1 hour}
                epl: |
                  select a.n as n
                  from pattern [every a=Step(kind = 'T') -> (timer:interval(%d sec) and not Step(kind = 'U'))]
                output: {event: Quiet, to: "queue:quiet"}
                """.formatted(seconds);
    }

    /** Whether the match of a timer came no sooner than its time after its event. @param publishedNanos no later than that */
    static boolean inTime(ReceivedMatch match, long publishedNanos, int seconds) {
        return match.arrivedNanos() - publishedNanos >= TimeUnit.SECONDS.toNanos(seconds) - CLOCKS_NANOS;
    }

    /** An event of this kind for each item. */
    static List<String> lines(List<String> items, String kind, int n) {
        return items.stream()
                .map(item -> "{\"id\":\"%s-%s\",\"item\":\"%s\",\"kind\":\"%s\",\"n\":%d}"
                        .formatted(item, kind, item, kind, n))
                .toList();
    }
}
