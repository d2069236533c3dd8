// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.broker;

/**
 * What a broker is to others: alone, or one of a pair on one store.
 *
 * <p>Both of a pair work on the same journal, one at a time: who holds the lock of its folder serves, the other one waits for
 * that lock. The operating system lets go of it when the process that holds it ends, whatever it ends by.
 */
public enum BrokerPart {
    /** The only one on its store. */
    ALONE("broker"),
    /** Serves first; waits when it comes back and the other one serves. */
    PRIMARY("primary"),
    /** Waits until the other one has ended, and serves from then on. */
    BACKUP("backup");

    private final String folder;

    BrokerPart(String folder) {
        this.folder = folder;
    }

    /** The name of the folder with this broker's files, and of its service in {@code compose.yaml}. */
    public String folder() {
        return folder;
    }
}
