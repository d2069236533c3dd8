// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.config;

import io.evenkeel.correlator.config.Given.Value;
import io.evenkeel.query.Durations;
import io.evenkeel.query.Fault;
import io.evenkeel.query.Wording;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Gives values their types. Each fault is noted and a stand-in returned that never leaves the reader, so that one run
 * finds all.
 */
final class Values {
    private final Given given;
    private final Path folder;
    private final List<Fault> faults;

    Values(Given given, Path folder, List<Fault> faults) {
        this.given = given;
        this.folder = folder;
        this.faults = faults;
    }

    void refuse(String path, String message) {
        Value value = given.find(path);
        String origin = value != null && value.variable() != null ? " It comes from " + value.variable() + "." : "";
        faults.add(new Fault(value == null ? 0 : value.line(), path, message + origin));
    }

    boolean has(String path) {
        return given.find(path) != null;
    }

    /** The text; the default if the key is absent; a fault and an empty text if there is no default. */
    String text(ConfigurationKey key, String path) {
        Value value = given.find(path);
        if (value == null) {
            return key.defaultText().orElseGet(() -> {
                refuse(
                        path,
                        "Expected a value (" + key.description() + "), but it is missing. Add it, or set "
                                + ConfigurationKey.variable(path) + ".");
                return "";
            });
        }
        if (value.list()) {
            refuse(path, "Expected one value, but it is a list.");
            return "";
        }
        if (value.text().isBlank()) {
            refuse(path, "Expected a value (" + key.description() + "), but it is empty.");
        }
        return value.text();
    }

    @Nullable
    String findText(ConfigurationKey key, String path) {
        return has(path) ? text(key, path) : null;
    }

    List<String> texts(String path, List<String> defaults) {
        Value value = given.find(path);
        return value == null ? defaults : value.texts();
    }

    int number(ConfigurationKey key, String path, int minimum, int maximum) {
        return number(path, text(key, path), minimum, maximum);
    }

    int number(ConfigurationKey key, String path, int minimum, int maximum, int absent) {
        return has(path) ? number(key, path, minimum, maximum) : absent;
    }

    private int number(String path, String text, int minimum, int maximum) {
        String range =
                "Expected a whole number from " + minimum + " to " + maximum + ", but it is " + Wording.quote(text);
        try {
            int number = Integer.parseInt(text.strip().replace("_", ""));
            if (number < minimum || number > maximum) {
                refuse(path, range + ".");
                return minimum;
            }
            return number;
        } catch (NumberFormatException e) {
            refuse(path, range + ".");
            return minimum;
        }
    }

    Duration duration(ConfigurationKey key, String path, Duration minimum, Duration maximum) {
        try {
            Duration duration = Durations.parse(text(key, path));
            if (duration.compareTo(minimum) < 0 || duration.compareTo(maximum) > 0) {
                refuse(
                        path,
                        "Expected a duration from " + Durations.format(minimum) + " to " + Durations.format(maximum)
                                + ", but it is " + Durations.format(duration) + ".");
                return minimum;
            }
            return duration;
        } catch (IllegalArgumentException e) {
            refuse(path, e.getMessage() + ".");
            return minimum;
        }
    }

    <E extends Enum<E>> E choice(ConfigurationKey key, String path, Class<E> type, E standIn) {
        return choice(path, text(key, path), type, standIn);
    }

    /** At least one, each once. */
    <E extends Enum<E>> Set<E> choices(String path, Class<E> type, Set<E> absent, E standIn) {
        if (!has(path)) {
            return absent;
        }
        Set<E> chosen = new LinkedHashSet<>();
        for (String text : texts(path, List.of())) {
            chosen.add(choice(path, text.strip(), type, standIn));
        }
        if (chosen.isEmpty()) {
            refuse(path, "Expected at least one, but the list is empty.");
            return absent;
        }
        return chosen;
    }

    private <E extends Enum<E>> E choice(String path, String text, Class<E> type, E standIn) {
        for (E constant : type.getEnumConstants()) {
            if (constant.name().equals(text.toUpperCase(Locale.ROOT).replace('-', '_'))) {
                return constant;
            }
        }
        List<String> known = new ArrayList<>();
        Arrays.stream(type.getEnumConstants()).forEach(constant -> known.add(constant.name()));
        refuse(
                path,
                "Expected one of " + String.join(", ", known) + ", but it is " + Wording.quote(text) + "; "
                        + Wording.suggest(text, known));
        return standIn;
    }

    /** A path, from the folder of the file if it is relative. */
    Path file(ConfigurationKey key, String path) {
        try {
            return folder.resolve(text(key, path)).normalize();
        } catch (InvalidPathException e) {
            refuse(path, "Expected a path, but it is " + Wording.quote(e.getInput()) + ": " + e.getReason() + ".");
            return folder;
        }
    }
}
