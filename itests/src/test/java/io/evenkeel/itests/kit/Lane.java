// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.itests.kit;

import java.util.Comparator;

/** Matches of one instance and key, which have an order among themselves. @param instance as query/instance */
public record Lane(String instance, String key) implements Comparable<Lane> {
    private static final Comparator<Lane> ORDER =
            Comparator.comparing(Lane::instance).thenComparing(Lane::key);

    @Override
    public int compareTo(Lane other) {
        return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
        return instance + "[" + key + "]";
    }
}
