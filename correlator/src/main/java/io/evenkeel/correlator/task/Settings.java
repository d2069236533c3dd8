// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.task;

import com.fasterxml.jackson.databind.JsonNode;
import io.evenkeel.query.Fault;
import io.evenkeel.query.Wording;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Checks the settings of a kind, with all faults at once. For one thread. */
final class Settings {
    private final JsonNode given;
    private final List<Fault> faults = new ArrayList<>();

    private Settings(JsonNode given) {
        this.given = given;
    }

    /** @param names of all settings that the kind has */
    static Settings of(JsonNode given, String... names) {
        Settings settings = new Settings(given);
        Set<String> known = new TreeSet<>(Set.of(names));
        given.fieldNames().forEachRemaining(name -> {
            if (!known.contains(name)) {
                settings.fault(
                        name,
                        "Expected one of " + known + ", but it is " + Wording.quote(name) + "; "
                                + Wording.suggest(name, known));
            }
        });
        return settings;
    }

    Settings text(String name) {
        JsonNode value = given.path(name);
        if (!value.isTextual() || value.asText().isBlank()) {
            fault(
                    name,
                    "Expected a text, but "
                            + (value.isMissingNode() ? "it is missing." : "it is " + Wording.quote(value) + "."));
        }
        return this;
    }

    Settings textIfGiven(String name) {
        return given.has(name) ? text(name) : this;
    }

    /** Exactly one of these is to be there. */
    Settings oneOf(String... names) {
        long there = Set.of(names).stream().filter(given::has).count();
        if (there != 1) {
            fault(
                    names[0],
                    "Expected exactly one of " + new TreeSet<>(Set.of(names)) + ", but there are " + there + ".");
        }
        return this;
    }

    Settings fault(String name, String message) {
        faults.add(new Fault(0, name.isEmpty() ? "settings" : "settings." + name, message));
        return this;
    }

    List<Fault> faults() {
        return List.copyOf(faults);
    }
}
