// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.jms.tool;

import java.util.Map;

/**
 * A message that was read.
 *
 * @param text       the body of a text message; a note of the kind for any other
 * @param properties as text, by name; the provider's own are left out
 */
public record ReceivedText(String text, Map<String, String> properties) {
    public ReceivedText {
        properties = Map.copyOf(properties);
    }
}
