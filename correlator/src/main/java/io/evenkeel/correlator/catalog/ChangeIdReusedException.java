// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.catalog;

/** Another change has this id. Choose a new one for each change, and repeat it only with the same content. */
public final class ChangeIdReusedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public ChangeIdReusedException(String id) {
        super("Expected the change that came with this id before, but it is another one. id=" + id);
    }
}
