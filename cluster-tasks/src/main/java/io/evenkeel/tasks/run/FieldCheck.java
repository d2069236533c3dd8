// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.tasks.run;

import com.fasterxml.jackson.databind.JsonNode;
import io.evenkeel.query.Fault;
import io.evenkeel.query.Wording;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/** Checks the fields of a document of a task or job, or of the settings in it, with all faults at once. For one thread. */
public final class FieldCheck {
    private final JsonNode given;
    private final String path;
    private final List<Fault> faults = new ArrayList<>();

    private FieldCheck(JsonNode given, String path) {
        this.given = given;
        this.path = path;
    }

    /** Of a document as a whole. */
    static FieldCheck ofDocument(JsonNode document) {
        return new FieldCheck(document, "");
    }

    /** Of the settings that a kind has. @param names of all of them */
    public static FieldCheck ofSettings(JsonNode settings, String... names) {
        return new FieldCheck(settings, "settings").known(Set.of(names));
    }

    FieldCheck known(Set<String> names) {
        given.fieldNames().forEachRemaining(name -> {
            if (!names.contains(name)) {
                fault(
                        name,
                        "Expected one of " + new TreeSet<>(names) + ", but it is " + Wording.quote(name) + "; "
                                + Wording.suggest(name, names));
            }
        });
        return this;
    }

    /** A text is to be there. */
    public FieldCheck text(String name) {
        JsonNode value = given.path(name);
        if (!value.isTextual() || value.asText().isBlank()) {
            fault(
                    name,
                    "Expected a text, but "
                            + (value.isMissingNode() ? "it is missing." : "it is " + Wording.quote(value) + "."));
        }
        return this;
    }

    /** What is there is to be a text. */
    public FieldCheck textIfGiven(String name) {
        return given.has(name) ? text(name) : this;
    }

    /** Exactly one of these is to be there. */
    public FieldCheck oneOf(String... names) {
        SortedSet<String> all = new TreeSet<>(Arrays.asList(names));
        long there = all.stream().filter(given::has).count();
        if (there != 1) {
            fault(names[0], "Expected exactly one of " + all + ", but there are " + there + ".");
        }
        return this;
    }

    /** @param name of a field; empty: all of it */
    public FieldCheck fault(String name, String message) {
        String field = path.isEmpty() || name.isEmpty() ? path + name : path + "." + name;
        faults.add(new Fault(0, field, message));
        return this;
    }

    void faults(List<Fault> found) {
        faults.addAll(found);
    }

    /** All so far. */
    public List<Fault> faults() {
        return List.copyOf(faults);
    }
}
