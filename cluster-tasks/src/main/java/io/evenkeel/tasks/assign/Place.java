// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.tasks.assign;

import java.util.function.Function;

/** Where something is to run now. */
public sealed interface Place {
    <R> R fold(Function<OnNode, R> onNode, Function<WaitingFor, R> waiting, Function<Nowhere, R> nowhere);

    /** True if it is to run on this node. */
    default boolean isOn(String node) {
        return fold(on -> on.node().equals(node), waiting -> false, nowhere -> false);
    }

    /** On this node, as soon as whoever did it before has let go. */
    record OnNode(String node) implements Place {
        @Override
        public <R> R fold(Function<OnNode, R> onNode, Function<WaitingFor, R> waiting, Function<Nowhere, R> nowhere) {
            return onNode.apply(this);
        }
    }

    /** Nowhere before this node is back, since it is to stay with it. */
    record WaitingFor(String node) implements Place {
        @Override
        public <R> R fold(Function<OnNode, R> onNode, Function<WaitingFor, R> waiting, Function<Nowhere, R> nowhere) {
            return waiting.apply(this);
        }
    }

    /** Nowhere, since no node may take it. */
    record Nowhere(String reason) implements Place {
        @Override
        public <R> R fold(Function<OnNode, R> onNode, Function<WaitingFor, R> waiting, Function<Nowhere, R> nowhere) {
            return nowhere.apply(this);
        }
    }
}
