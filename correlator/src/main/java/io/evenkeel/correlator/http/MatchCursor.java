// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.http;

import io.evenkeel.correlator.catalog.Sha256;
import io.evenkeel.correlator.http.MatchHistory.Entry;
import io.evenkeel.correlator.http.MatchHistory.Stretch;
import io.evenkeel.query.Wording;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a reader of the matches is. It gives each match once, and knows when it cannot tell whether some are missing.
 *
 * <p>A position alone would not do: if the node with the history dies in the middle of a write, or all nodes stop, other
 * matches may come to stand where the reader has been. So a token names position and match, and each read begins with the
 * match that the reader has seen last. For one thread, which calls {@link #remember} until it is done, and then
 * {@link #read} again and again.
 */
public final class MatchCursor {
    /** The token of a reader that has had nothing. */
    public static final String OLDEST = "0-";

    /**
     * So many more ids than the history holds are remembered: what is in it and was given is known, although some of it
     * stands there twice, and came first when others did that are gone.
     */
    private static final int MARGIN = 20_000;

    private static final int TOKEN_DIGITS = 12;
    /** Bits of a hash that are not in a token. */
    private static final int NOT_IN_TOKEN = Long.SIZE - 4 * TOKEN_DIGITS;

    private static final long NONE = -1;
    private static final Pattern TOKEN = Pattern.compile("(\\d{1,18})-([0-9a-f]{12})?");

    private final MatchHistory history;
    private final SeenIds seen;
    private final long tokensLast;
    private long next;
    /** Of the match before the next one, as in tokens; NONE: there was none, or it is not known. */
    private long last;

    private long remembered;
    private boolean gap;

    /** A match to give, and the token of a reader that has it. */
    public record Step(Entry entry, String token) {}

    private MatchCursor(MatchHistory history, long next, long last) {
        this.history = history;
        this.seen = new SeenIds(history.capacity() + MARGIN);
        this.next = next;
        this.last = last;
        this.tokensLast = last;
    }

    /** True for what may be a token. */
    static boolean isToken(String text) {
        return TOKEN.matcher(text).matches();
    }

    /** Behind all that is there. Asks the history once. */
    public static MatchCursor atEnd(MatchHistory history) {
        return new MatchCursor(history, history.read(Long.MAX_VALUE).from(), NONE);
    }

    /** Behind the match of a token. @throws IllegalArgumentException if it is none */
    public static MatchCursor at(MatchHistory history, String token) {
        Matcher parts = TOKEN.matcher(token);
        if (!parts.matches()) {
            throw new IllegalArgumentException(
                    "Expected a position such as 17-0123456789ab, but it is " + Wording.quote(token) + ".");
        }
        String hash = parts.group(2);
        return new MatchCursor(history, Long.parseLong(parts.group(1)), hash == null ? NONE : Long.parseLong(hash, 16));
    }

    /**
     * Reads on in what the reader has had, as far as it is still there: when that comes again it is known. Some hundred at
     * a time, so that the reader can be given a sign of life while a long history is read.
     *
     * @return false when all of it was read
     */
    public boolean remember() {
        if (remembered < next) {
            Stretch stretch = history.read(remembered);
            if (!stretch.entries().isEmpty() && stretch.from() < next) {
                int had = (int) Math.min(stretch.entries().size(), next - stretch.from());
                stretch.entries().subList(0, had).forEach(entry -> note(hash(entry)));
                remembered = stretch.from() + had;
                if (remembered < next) {
                    return true;
                }
            }
        }
        if (tokensLast != NONE && tokensLast != last) {
            // Another history, or a later part of it: what the reader has had is not in it.
            seen.clear();
            last = tokensLast;
        }
        return false;
    }

    /** What follows: up to some hundred, or nothing yet. */
    public List<Step> read() {
        long expected = last;
        long from = expected == NONE ? next : next - 1;
        Stretch stretch = history.read(from);
        List<Entry> entries = stretch.entries();
        if (expected != NONE && stretch.from() == from && !entries.isEmpty()) {
            if (expected == hash(entries.get(0)) >>> NOT_IN_TOKEN) {
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
        boolean known = oldest.entries().stream().anyMatch(entry -> seen.contains(hash(entry)));
        gap |= !known;
        last = NONE;
        return steps(oldest.from(), oldest.entries());
    }

    private List<Step> steps(long from, List<Entry> entries) {
        List<Step> steps = new ArrayList<>(entries.size());
        next = from;
        for (Entry entry : entries) {
            boolean first = note(hash(entry));
            next++;
            if (first) {
                steps.add(new Step(entry, token()));
            }
        }
        return steps;
    }

    private boolean note(long hash) {
        last = hash >>> NOT_IN_TOKEN;
        return seen.add(hash);
    }

    /** True once after matches may have been missed; what follows may repeat some. */
    public boolean takeGap() {
        boolean found = gap;
        gap = false;
        return found;
    }

    /** Names the position, for any node. */
    public String token() {
        return next + "-" + (last == NONE ? "" : HexFormat.of().toHexDigits(last, TOKEN_DIGITS));
    }

    private static long hash(Entry entry) {
        return ByteBuffer.wrap(Sha256.of(entry.id().getBytes(StandardCharsets.UTF_8)))
                .getLong();
    }
}
