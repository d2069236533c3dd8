// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.http;

import io.evenkeel.correlator.http.MatchHistory.Entry;
import io.evenkeel.correlator.http.MatchHistory.Stretch;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where a reader of the matches is. It gives each match once, and knows when it cannot tell whether some are missing.
 *
 * <p>A position alone would not do: if the node with the history dies in the middle of a write, or all nodes stop, other
 * matches may come to stand where the reader has been. So a token names position and match, and each read begins with the
 * match that the reader has seen last. For one thread.
 */
final class MatchCursor {
    /** More than the history holds: what is in it and was given is known. */
    private static final int MOST_SEEN = 20_000;

    private static final int HASH_LENGTH = 12;
    private static final Pattern TOKEN = Pattern.compile("(\\d{1,18})-([0-9a-f]{12})?");

    private final MatchHistory history;
    private final Set<String> seen = new LinkedHashSet<>();
    private long next;
    /** Hash of the match before the next one; null: there was none, or it is not known. */
    private @Nullable String last;

    private boolean gap;

    /** A match to give, and the token of a reader that has it. */
    record Step(Entry entry, String token) {}

    private MatchCursor(MatchHistory history) {
        this.history = history;
    }

    /** Behind all that is there. */
    static MatchCursor atEnd(MatchHistory history) {
        MatchCursor cursor = new MatchCursor(history);
        cursor.next = history.read(Long.MAX_VALUE).from();
        cursor.remember();
        return cursor;
    }

    /** Behind the match of a token. @throws IllegalArgumentException if it is none */
    static MatchCursor at(MatchHistory history, String token) {
        Matcher parts = TOKEN.matcher(token);
        if (!parts.matches()) {
            throw new IllegalArgumentException("Expected a position such as 17-0123456789ab, but it is another text.");
        }
        MatchCursor cursor = new MatchCursor(history);
        cursor.next = Long.parseLong(parts.group(1));
        cursor.last = parts.group(2);
        cursor.remember();
        return cursor;
    }

    /** What the reader of a token has had, as far as it is still there: when that comes again it is known. */
    private void remember() {
        @Nullable String expected = last;
        long end = next;
        Stretch stretch = history.read(0);
        while (!stretch.entries().isEmpty() && stretch.from() < end) {
            int had = (int) Math.min(stretch.entries().size(), end - stretch.from());
            stretch.entries().subList(0, had).forEach(this::note);
            stretch = history.read(stretch.end());
        }
        if (expected != null && !expected.equals(last)) {
            // Another history, or a later part of it: what the reader has had is not in it.
            seen.clear();
            last = expected;
        }
    }

    /** What follows: up to some hundred, or nothing yet. */
    List<Step> read() {
        @Nullable String expected = last;
        long from = expected == null ? next : next - 1;
        Stretch stretch = history.read(from);
        List<Entry> entries = stretch.entries();
        if (expected != null && stretch.from() == from && !entries.isEmpty()) {
            if (expected.equals(hash(entries.get(0)))) {
                return steps(next, entries.subList(1, entries.size()));
            }
        } else if (stretch.from() == next) {
            return steps(next, entries);
        }
        return begin();
    }

    /** The history is not as it was: read all of it, and give what is new. */
    private List<Step> begin() {
        Stretch oldest = history.read(0);
        boolean known = oldest.entries().stream().anyMatch(entry -> seen.contains(entry.id()));
        gap |= !known;
        last = null;
        return steps(oldest.from(), oldest.entries());
    }

    private List<Step> steps(long from, List<Entry> entries) {
        List<Step> steps = new ArrayList<>(entries.size());
        next = from;
        for (Entry entry : entries) {
            boolean first = note(entry);
            next++;
            if (first) {
                steps.add(new Step(entry, token()));
            }
        }
        return steps;
    }

    private boolean note(Entry entry) {
        last = hash(entry);
        boolean first = seen.add(entry.id());
        if (seen.size() > MOST_SEEN) {
            var oldest = seen.iterator();
            oldest.next();
            oldest.remove();
        }
        return first;
    }

    /** True once after matches may have been missed; what follows may repeat some. */
    boolean takeGap() {
        boolean found = gap;
        gap = false;
        return found;
    }

    /** Names the position, for any node. */
    String token() {
        return next + "-" + (last == null ? "" : last);
    }

    private static String hash(Entry entry) {
        return ChangeHeaders.hash(entry.id().getBytes(StandardCharsets.UTF_8), new byte[0])
                .substring(0, HASH_LENGTH);
    }
}
