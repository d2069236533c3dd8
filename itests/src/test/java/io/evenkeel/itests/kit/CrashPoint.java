// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.itests.kit;

/** Steps of the protocol at which a node can be told to die; the same names as the product's own steps. */
public enum CrashPoint {
    RECEIVED,
    ASKED,
    SEATED,
    APPENDED,
    APPLIED,
    REPLIED,
    SENT,
    BEFORE_COMMIT,
    AFTER_COMMIT;

    /** The exit code of a node that died because it was told to. */
    public static final int EXIT_CODE = 77;

    /** As the node's system property wants it. @param passing at which one to die, from 1 */
    public String armed(int passing) {
        return "-Devenkeel.crash=" + name() + ":" + passing;
    }
}
