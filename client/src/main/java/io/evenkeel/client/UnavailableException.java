// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.client;

/** The cluster could not do it for as long as the client had patience (503). If the problem names a change, it is not known yet
 * how that ends: a repeat under the same key is safe. */
public final class UnavailableException extends ProblemException {
    private static final long serialVersionUID = 1L;

    UnavailableException(Problem problem) {
        super(problem);
    }
}
