// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.http;

import io.javalin.http.Context;
import io.javalin.http.Header;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/** Server-sent events to one reader. Not Javalin's own: it goes on for ever when its reader has gone (7.2.3). */
final class EventStream {
    private final OutputStream out;

    private EventStream(OutputStream out) {
        this.out = out;
    }

    /** @throws ProblemException if the reader does not expect a feed */
    static void requireReader(Context context) {
        String accept = context.header(Header.ACCEPT);
        if (accept == null || !accept.contains("text/event-stream")) {
            throw new ProblemException(
                    ProblemCode.BAD_REQUEST,
                    "Expected Accept: text/event-stream, but it is " + accept + ": this is a feed.");
        }
    }

    static EventStream open(Context context) throws IOException {
        context.header(Header.CACHE_CONTROL, "no-store").contentType("text/event-stream; charset=utf-8");
        return new EventStream(context.res().getOutputStream());
    }

    /** @param id empty: none @param data in one line */
    void event(String id, String type, String data) throws IOException {
        write((id.isEmpty() ? "" : "id: " + id + "\n") + "event: " + type + "\ndata: " + data + "\n\n");
    }

    /** Tells where the reader is, without an event. */
    void position(String id) throws IOException {
        write("id: " + id + "\n\n");
    }

    /** A sign of life: only a write tells that the reader has gone. */
    void comment(String text) throws IOException {
        write(": " + text + "\n\n");
    }

    private void write(String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.UTF_8));
        out.flush();
    }
}
