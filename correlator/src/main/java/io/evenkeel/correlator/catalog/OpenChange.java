// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.catalog;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What is not decided yet, as the register has it: a change, or several that are decided together, each made on the one
 * before and with a revision of its own.
 *
 * @param parts     at least one
 * @param base      the only revision that they may be committed on
 * @param runBy     id of the member that runs them; if it is gone, the others decide
 * @param runByName its node's name
 * @param members   ids of the members that are asked to prepare
 */
public record OpenChange(List<Part> parts, long base, String runBy, String runByName, List<String> members) {

    /**
     * One request.
     *
     * @param attempt see {@link ChangeRecord}
     */
    public record Part(String id, int attempt, String fingerprint) {
        public Part {
            requireNonNull(id, "id");
            requireNonNull(fingerprint, "fingerprint");
        }
    }

    public OpenChange {
        parts = List.copyOf(parts);
        if (parts.isEmpty()) {
            throw new IllegalArgumentException("Expected something to change");
        }
        requireNonNull(runBy, "runBy");
        requireNonNull(runByName, "runByName");
        members = List.copyOf(members);
    }

    /** Names it, with its {@link #attempt}: nothing else that is open has this part. */
    String id() {
        return parts.get(0).id();
    }

    int attempt() {
        return parts.get(0).attempt();
    }

    /** The revision that it brings. */
    long last() {
        return base + parts.size();
    }

    Optional<Part> find(String id) {
        return parts.stream().filter(part -> part.id().equals(id)).findFirst();
    }

    /** For people. */
    String title() {
        return parts.size() == 1 ? "change " + id() : parts.size() + " changes";
    }

    /** How a part stands; empty if there is none of that id. */
    Optional<ChangeRecord> preparing(String id) {
        return find(id).map(part -> record(part, ChangeState.PREPARING, base, runByName, "", List.of()));
    }

    List<ChangeRecord> committed(String by, List<NodeOutcome> nodes) {
        List<ChangeRecord> records = new ArrayList<>(parts.size());
        for (Part part : parts) {
            records.add(record(part, ChangeState.COMMITTED, base + 1 + records.size(), by, "", nodes));
        }
        return records;
    }

    List<ChangeRecord> aborted(String by, String reason, List<NodeOutcome> nodes) {
        return parts.stream()
                .map(part -> record(part, ChangeState.ABORTED, base, by, reason, nodes))
                .toList();
    }

    private static ChangeRecord record(
            Part part, ChangeState state, long revision, String by, String reason, List<NodeOutcome> nodes) {
        return new ChangeRecord(part.id(), part.attempt(), part.fingerprint(), state, revision, by, reason, nodes);
    }
}
