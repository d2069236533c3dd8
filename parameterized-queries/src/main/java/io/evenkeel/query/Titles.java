// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.query;

/** How definitions are named in messages, in the catalog's memory of deletions and in its feed: by kind and name. */
public final class Titles {
    private Titles() {}

    /** Such as {@code event type Flight}. */
    public static String eventType(String name) {
        return "event type " + name;
    }

    /** Such as {@code query late-airport}. */
    public static String query(String name) {
        return "query " + name;
    }

    /** Such as {@code instance late-airport/mine}. */
    public static String instance(InstanceId id) {
        return "instance " + id;
    }
}
