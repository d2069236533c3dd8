// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.http;

import io.javalin.http.Context;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The part of a list that a reader wants. Names are the order, so that a page begins where the one before ended, whatever
 * came or went between.
 *
 * @param limit 0: all
 * @param after the name before the first one; null: from the beginning
 */
record Page(int limit, @Nullable String after) {
    private static final int MOST = 1_000;

    static Page of(Context context) {
        int limit = 0;
        @Nullable String wanted = context.queryParam("limit");
        if (wanted != null) {
            try {
                limit = Integer.parseInt(wanted);
            } catch (NumberFormatException e) {
                limit = -1;
            }
            if (limit < 1 || limit > MOST) {
                throw new ProblemException(
                        ProblemCode.BAD_REQUEST,
                        "Expected limit to be a number from 1 to " + MOST + ", but it is '" + cut(wanted) + "'.");
            }
        }
        @Nullable String cursor = context.queryParam("cursor");
        if (cursor == null) {
            return new Page(limit, null);
        }
        try {
            return new Page(limit, new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.UTF_8));
        } catch (IllegalArgumentException e) {
            throw new ProblemException(
                    ProblemCode.BAD_REQUEST,
                    "Expected cursor to be one from a Link header, but it is '" + cut(cursor) + "'.");
        }
    }

    /** The resources of this page; names the next one in the Link header, if there is one. */
    List<Resource> of(Context context, List<Resource> all) {
        List<Resource> rest = all.stream()
                .filter(resource -> after == null || resource.name().compareTo(after) > 0)
                .toList();
        if (limit == 0 || rest.size() <= limit) {
            return rest;
        }
        List<Resource> page = rest.subList(0, limit);
        String cursor = Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(page.get(limit - 1).name().getBytes(StandardCharsets.UTF_8));
        context.header("Link", "<" + context.path() + "?limit=" + limit + "&cursor=" + cursor + ">; rel=\"next\"");
        return page;
    }

    private static String cut(String text) {
        return text.length() > 50 ? text.substring(0, 50) + "…" : text;
    }
}
