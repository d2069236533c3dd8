// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.client;

import com.fasterxml.jackson.core.JsonProcessingException;

/** One server-sent event. @param id empty: none was given @param data empty: the event only tells its id */
record FeedEvent(String id, String type, String data) {
    <T> T as(Class<T> record) {
        try {
            return Answer.JSON.readValue(data, record);
        } catch (JsonProcessingException e) {
            throw new UnreachableException("Expected " + record.getSimpleName() + " in the feed, but: " + data, e);
        }
    }
}
