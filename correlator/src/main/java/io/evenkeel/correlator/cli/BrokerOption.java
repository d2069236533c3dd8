// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.cli;

import io.evenkeel.broker.BrokerSettings;
import io.evenkeel.jms.connection.ConnectionSettings;
import java.io.IOException;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Which broker to use, and as whom. */
final class BrokerOption {
    @Option(names = "--url", paramLabel = "URL", description = "Of the broker (default: tcp://127.0.0.1:61616).")
    private String url = "tcp://127.0.0.1:" + BrokerSettings.DEFAULT_PORT;

    @Mixin
    private BrokerCredentials credentials = new BrokerCredentials();

    ConnectionSettings connection() throws IOException {
        return credentials.connection(url);
    }
}
