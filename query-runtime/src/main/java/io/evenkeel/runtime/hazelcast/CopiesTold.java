// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.hazelcast;

/**
 * What a member says of the copies of what it owns.
 *
 * @param copies whether they are there
 * @param why    the grid's own word for it, such as {@code REPLICA_NOT_SYNC}, for whoever has to find out why not
 */
record CopiesTold(Copies copies, String why) {
    /** As it travels: every member can read a text, whatever it has loaded of its classes. */
    String text() {
        return copies + " " + why;
    }

    /** What a node of another version may say counts as missing. */
    static CopiesTold parse(String text) {
        for (Copies copies : Copies.values()) {
            if (text.startsWith(copies + " ")) {
                return new CopiesTold(copies, text.substring(copies.name().length() + 1));
            }
        }
        return new CopiesTold(Copies.MISSING, "says what this version does not understand: " + text);
    }

    CopiesTold of(String node) {
        return new CopiesTold(copies, node + " " + why);
    }

    /** The worse of both, with what each has to say if it is not all well. */
    CopiesTold and(CopiesTold other) {
        if (copies == Copies.ALL || other.copies == Copies.ALL) {
            return copies == Copies.ALL ? other : this;
        }
        return new CopiesTold(copies.compareTo(other.copies) > 0 ? copies : other.copies, why + ", " + other.why);
    }
}
