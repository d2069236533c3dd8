// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.catalog;

import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What all nodes say when they run a revision: they are asked once for all the changes that came with it. Thread-safe. */
final class Application {
    private final Supplier<List<NodeOutcome>> question;
    private @Nullable List<NodeOutcome> said;

    Application(Supplier<List<NodeOutcome>> question) {
        this.question = question;
    }

    /** Blocks: the first caller asks, the others wait for him. */
    synchronized List<NodeOutcome> said() {
        List<NodeOutcome> answers = said;
        if (answers == null) {
            answers = question.get();
            said = answers;
        }
        return answers;
    }
}
