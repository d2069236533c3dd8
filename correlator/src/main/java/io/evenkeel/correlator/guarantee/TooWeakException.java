// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.guarantee;

import java.util.List;
import java.util.stream.Collectors;

/** A node was to run only with a guarantee that is not given; nothing was received or sent. The message names each weakness. */
public final class TooWeakException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public TooWeakException(List<Weakness> weaknesses) {
        super("Expected the guarantee no-loss (node.require), but it is weakened:\n"
                + weaknesses.stream().map(each -> "  " + each.text()).collect(Collectors.joining("\n")));
    }
}
