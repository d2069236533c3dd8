// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.cli;

import picocli.CommandLine.Option;

/** How a result is written. */
final class OutputOption {
    enum Format {
        TABLE,
        JSON
    }

    @Option(names = "--output", paramLabel = "table|json", description = "How to write results (default: table).")
    private Format format = Format.TABLE;

    boolean json() {
        return format == Format.JSON;
    }
}
