// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.catalog;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The one value on which all nodes agree: the catalog in force, the changes that are not decided yet, and how the latest
 * ones ended. Each transition gives the next value; whoever replaces this one by it has made the transition.
 *
 * @param version counts transitions
 * @param era     counts the beginnings of the cluster: a node that has kept something of an earlier era, beyond what the
 *                nodes of this one had, has kept what nobody was told of
 * @param open    undecided, in no particular order; none of them keeps others from being opened or committed
 * @param decided the latest, oldest first; those that drop out are in the records before
 */
public record RegisterState(
        long version, long era, CatalogBytes catalog, List<OpenChange> open, List<ChangeRecord> decided) {
    /** So many decisions are kept here, or as many as were made together; older ones are in the records only. */
    static final int MOST_DECIDED = 64;

    /** Before the first change. */
    public static final RegisterState EMPTY = new RegisterState(0, 0, CatalogBytes.EMPTY, List.of(), List.of());

    public RegisterState {
        requireNonNull(catalog, "catalog");
        open = List.copyOf(open);
        decided = List.copyOf(decided);
    }

    /** How the latest attempt of a change ended; empty if it is open, or not here. */
    Optional<ChangeRecord> findDecided(String id) {
        return decided.stream().filter(record -> record.id().equals(id)).reduce((older, newer) -> newer);
    }

    Optional<OpenChange> findOpen(String id) {
        return open.stream().filter(change -> change.find(id).isPresent()).findFirst();
    }

    boolean isOpen(OpenChange change) {
        return open.contains(change);
    }

    /** The decisions that are here and not there any more; they must be in the records by then. */
    List<ChangeRecord> droppedIn(RegisterState next) {
        Set<String> there = idsOf(next.decided());
        return decided.stream().filter(record -> !there.contains(record.id())).toList();
    }

    /** Note that a change has begun. No part of it may be open already. */
    RegisterState opened(OpenChange change) {
        List<OpenChange> more = new ArrayList<>(open);
        more.add(change);
        return new RegisterState(version + 1, era, catalog, more, decided);
    }

    /**
     * Put a change in force. This is the point at which it is decided.
     *
     * @throws IllegalStateException if it is not open, or was prepared on another revision
     */
    RegisterState committed(OpenChange change, CatalogBytes next, List<ChangeRecord> records) {
        if (!isOpen(change) || change.base() != catalog.revision() || next.revision() != change.last()) {
            throw new IllegalStateException("Expected to commit an open change on its revision, but revision is "
                    + catalog.revision() + " and open are " + open + ". change=" + change);
        }
        return new RegisterState(version + 1, era, next, without(change), decidedAnd(records));
    }

    /** Undo a change. */
    RegisterState aborted(OpenChange change, List<ChangeRecord> records) {
        return new RegisterState(version + 1, era, catalog, without(change), decidedAnd(records));
    }

    /** Begin anew with what a node has kept, the newest of all. */
    RegisterState founded(RegisterState kept) {
        return new RegisterState(version + 1, kept.era() + 1, kept.catalog(), List.of(), kept.decided());
    }

    /** True if this is what counts, of the two. */
    boolean newerThan(RegisterState other) {
        return newer(era, catalog.revision(), other);
    }

    /** True if what has this era and revision counts, and not {@code other}. */
    static boolean newer(long era, long revision, RegisterState other) {
        return era != other.era()
                ? era > other.era()
                : revision > other.catalog().revision();
    }

    /** Without what is open: for the disk, since after the end of the cluster nobody will decide it. */
    RegisterState settled() {
        return new RegisterState(version, era, catalog, List.of(), decided);
    }

    /** Bring back what a node has kept, and that is newer than what is here. */
    RegisterState restored(RegisterState kept) {
        List<ChangeRecord> all = new ArrayList<>();
        for (ChangeRecord record : decided) {
            if (kept.findDecided(record.id())
                    .filter(other -> other.attempt() >= record.attempt())
                    .isEmpty()) {
                all.add(record);
            }
        }
        for (ChangeRecord record : kept.decided()) {
            if (all.stream().noneMatch(other -> other.id().equals(record.id()))) {
                all.add(record);
            }
        }
        return new RegisterState(
                version + 1,
                kept.era(),
                kept.catalog(),
                open,
                latest(all, Math.max(MOST_DECIDED, kept.decided().size())));
    }

    private List<OpenChange> without(OpenChange change) {
        return open.stream().filter(other -> !other.equals(change)).toList();
    }

    private List<ChangeRecord> decidedAnd(List<ChangeRecord> records) {
        Set<String> ids = idsOf(records);
        List<ChangeRecord> all = new ArrayList<>(decided);
        all.removeIf(other -> ids.contains(other.id()));
        all.addAll(records);
        return latest(all, Math.max(MOST_DECIDED, records.size()));
    }

    private static Set<String> idsOf(List<ChangeRecord> records) {
        return records.stream().map(ChangeRecord::id).collect(Collectors.toSet());
    }

    private static List<ChangeRecord> latest(List<ChangeRecord> all, int most) {
        return all.size() > most ? all.subList(all.size() - most, all.size()) : all;
    }
}
