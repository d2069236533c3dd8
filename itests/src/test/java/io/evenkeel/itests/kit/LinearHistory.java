// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.itests.kit;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/**
 * What clients did to one value, and whether it is possible: whether there is an order of all operations, each at some
 * instant between its call and its return, in which each sees what the one before it left. A search after Wing and Gong,
 * which remembers the places where it has been.
 *
 * <p>An operation of which nobody knows how it ended may have happened at any time after its call, or never. Values are
 * unique: no two operations write the same. Notes are taken by any thread; the search is for one.
 */
public final class LinearHistory {
    private final ConcurrentLinkedQueue<Operation> noted = new ConcurrentLinkedQueue<>();

    /** What an operation was told. */
    public enum Told {
        /** Read this value. */
        READ,
        /** The expected value was there, and is replaced by the new one. */
        REPLACED,
        /** Another value was there than the expected one. */
        REFUSED,
        /** Nothing, or nothing certain. */
        UNKNOWN
    }

    /**
     * One operation.
     *
     * @param calledNanos   when it began, of this machine's clock
     * @param returnedNanos when its answer was there
     * @param expected      the value that was to be replaced; empty for a read
     * @param value         the value that was read, or was to be written
     */
    public record Operation(
            String who, Told told, long calledNanos, long returnedNanos, String expected, String value) {
        /** Of something unknown, no end is known. */
        long end() {
            return told == Told.UNKNOWN ? Long.MAX_VALUE : returnedNanos;
        }

        /** The value after it; null if it cannot be here. */
        @Nullable
        String after(String before) {
            return switch (told) {
                case READ -> before.equals(value) ? before : null;
                case REPLACED, UNKNOWN -> before.equals(expected) ? value : null;
                case REFUSED -> before.equals(expected) ? null : before;
            };
        }
    }

    /** Note an operation that has ended, or of which nothing more will be known. */
    public void note(Operation operation) {
        noted.add(operation);
    }

    public List<Operation> operations() {
        return noted.stream()
                .sorted(Comparator.comparingLong(Operation::calledNanos))
                .toList();
    }

    /** Where the search got to before it got stuck for good. Empty: there is an order, all is well. */
    public Optional<String> objection(String initial) {
        List<Operation> all = operations();
        BitSet done = new BitSet(all.size());
        Set<Place> seen = new HashSet<>();
        List<Step> path = new ArrayList<>();
        String value = initial;
        int best = -1;
        String stuck = "";
        int from = 0;
        while (true) {
            if (isComplete(all, done)) {
                return Optional.empty();
            }
            int next = next(all, done, value, from, seen);
            if (next >= 0) {
                path.add(new Step(next, value));
                done.set(next);
                value = requireNonNull(all.get(next).after(value));
                from = 0;
                continue;
            }
            if (done.cardinality() > best) {
                best = done.cardinality();
                stuck = describe(all, done, value);
            }
            if (path.isEmpty()) {
                return Optional.of(stuck);
            }
            Step last = path.remove(path.size() - 1);
            done.clear(last.operation());
            value = last.before();
            from = last.operation() + 1;
        }
    }

    private record Place(BitSet done, String value) {}

    private record Step(int operation, String before) {}

    /** The next operation that may come now and leads somewhere new; -1: none. */
    private static int next(List<Operation> all, BitSet done, String value, int from, Set<Place> seen) {
        long firstEnd = Long.MAX_VALUE;
        for (int i = done.nextClearBit(0); i < all.size(); i = done.nextClearBit(i + 1)) {
            if (all.get(i).calledNanos() > firstEnd) {
                break;
            }
            firstEnd = Math.min(firstEnd, all.get(i).end());
        }
        for (int i = done.nextClearBit(from); i < all.size(); i = done.nextClearBit(i + 1)) {
            if (all.get(i).calledNanos() > firstEnd) {
                return -1;
            }
            String after = all.get(i).after(value);
            if (after != null) {
                BitSet then = (BitSet) done.clone();
                then.set(i);
                if (seen.add(new Place(then, after))) {
                    return i;
                }
            }
        }
        return -1;
    }

    private static boolean isComplete(List<Operation> all, BitSet done) {
        for (int i = done.nextClearBit(0); i < all.size(); i = done.nextClearBit(i + 1)) {
            if (all.get(i).told() != Told.UNKNOWN) {
                return false;
            }
        }
        return true;
    }

    private static String describe(List<Operation> all, BitSet done, String value) {
        StringBuilder text = new StringBuilder("Expected an order of " + all.size() + " operations, but after "
                + done.cardinality() + " of them, with value " + value + ", none of these may come next:");
        int listed = 0;
        for (int i = done.nextClearBit(0); i < all.size() && listed < 12; i = done.nextClearBit(i + 1)) {
            text.append("\n  ").append(all.get(i));
            listed++;
        }
        return text.toString();
    }
}
