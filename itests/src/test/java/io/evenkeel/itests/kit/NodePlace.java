// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.itests.kit;

import java.util.List;
import java.util.Map;

/**
 * Where a node lives.
 *
 * @param host        its address, for grid and HTTP
 * @param prefix      what its command begins with
 * @param environment of its process, beside the usual one
 */
record NodePlace(String host, int httpPort, int gridPort, List<String> prefix, Map<String, String> environment) {
    String member() {
        return "\"" + host + ":" + gridPort + "\"";
    }
}
