// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.cli;

import io.evenkeel.correlator.terminal.NodeApi;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** Which nodes to ask. */
final class ApiOption {
    @Option(
            names = "--url",
            paramLabel = "URL",
            split = ",",
            defaultValue = "${env:EVENKEEL_URL:-http://127.0.0.1:8701}",
            description =
                    "Of a node; several are tried in turn. EVENKEEL_URL may name them too (default: ${DEFAULT-VALUE}).")
    private List<String> urls = new ArrayList<>();

    NodeApi api() {
        return new NodeApi(urls);
    }
}
