// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.esper.rule;

/** Takes what the rules refuse. All of it is shown to the author at once. */
public interface Findings {

    /**
     * @param eplLine within the EPL, from 1
     * @param actual  what is there, as it follows the word <i>is</i> in "but there is ..."
     */
    void refuse(Rule rule, int eplLine, String actual);
}
