// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.query;

import static java.util.Objects.requireNonNull;

/** Names an instance: unique within its query. Printed as {@code query/instance}. */
public record InstanceId(String query, String name) implements Comparable<InstanceId> {
    public InstanceId {
        requireNonNull(query, "query");
        requireNonNull(name, "name");
    }

    @Override
    public int compareTo(InstanceId other) {
        int byQuery = query.compareTo(other.query);
        return byQuery != 0 ? byQuery : name.compareTo(other.name);
    }

    @Override
    public String toString() {
        return query + "/" + name;
    }
}
