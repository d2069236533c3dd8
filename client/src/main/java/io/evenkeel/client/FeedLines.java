// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.client;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Makes events of the lines of a stream, as the HTML standard has it. What ends without an empty line was no event. */
final class FeedLines {
    private String id = "";
    private String type = "";
    private @Nullable StringBuilder data;
    private boolean anything;

    /** The event that this line completes, if it does. */
    Optional<FeedEvent> add(String line) {
        if (line.isEmpty()) {
            return end();
        }
        int colon = line.indexOf(':');
        if (colon == 0) {
            return Optional.empty();
        }
        String field = colon < 0 ? line : line.substring(0, colon);
        String value = colon < 0 ? "" : line.substring(colon + (line.startsWith(": ", colon) ? 2 : 1));
        switch (field) {
            case "id" -> {
                id = value;
                anything = true;
            }
            case "event" -> type = value;
            case "data" -> {
                StringBuilder text = data;
                data = text == null
                        ? new StringBuilder(value)
                        : text.append('\n').append(value);
                anything = true;
            }
            default -> {
                // Such as retry: how long to wait is the client's business.
            }
        }
        return Optional.empty();
    }

    private Optional<FeedEvent> end() {
        Optional<FeedEvent> event =
                anything ? Optional.of(new FeedEvent(id, type, data == null ? "" : data.toString())) : Optional.empty();
        id = "";
        type = "";
        data = null;
        anything = false;
        return event;
    }
}
