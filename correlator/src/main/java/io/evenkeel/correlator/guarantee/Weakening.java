// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.guarantee;

import static java.util.Objects.requireNonNull;

/** Each way in which a promise can be weakened: what breaks, and what to do. The names are a contract with readers of JSON. */
public enum Weakening {
    SINGLE_NODE(
            true,
            "N2 N4 no loss after a kill: the only node takes the history of all windows along",
            "Name at least two nodes in cluster.members, on all of them."),
    NO_BACKUPS(
            true,
            "N2 N4 no loss after a kill: a node takes the history of its shards along",
            "Set cluster.backups to 1 or more, on all nodes."),
    BACKUPS_DIFFER(
            true,
            "N10 replicated before acknowledged: the nodes do not agree on how many copies there are",
            "Give cluster.backups the same value on all nodes."),
    NON_PERSISTENT_SENDER(
            true,
            "N15 no loss over a broker restart: matches live in the broker's memory only",
            "Set deliveryMode of the sender to PERSISTENT."),
    OUTPUT_NOT_PERSISTENT(
            true,
            "N16 N15 matches of this query are lost when the broker ends",
            "Set deliveryMode of the sender to PERSISTENT, or let the query's output go elsewhere."),
    OUTPUT_IS_TOPIC(
            true,
            "N16 matches of this query do not wait for a subscriber that is not there",
            "Let the output go to a queue, and bind topics to it in the broker if need be."),
    RELAXED_RECEIVER(
            false,
            "N13 order per key: nodes take messages of one queue side by side",
            "Set ordering of the receiver to strict, or let only queries read it for which order does not count."),
    INPUT_IS_RELAXED(
            false,
            "N16 N13 this query may see events of a key in another order than that of their queue",
            "Set ordering of the receiver to strict, unless order does not count for this query."),
    BROKER_SETTING(true, "", ""),
    BROKER_UNCHECKED(true, "", ""),
    FEED_DIFFERS(
            false,
            "the feed of matches may have gaps that nobody is told of",
            "Give cluster.feed the same value on all nodes."),
    HISTORY_OFF(
            false,
            "F15 windows after the end of all nodes: this node keeps none of them",
            "Set history.mode to local, on all nodes."),
    HISTORY_BEHIND(
            false,
            "F15 windows after the end of all nodes: the disk does not take what happens",
            "Make room, or mend the disk of node.data; the node catches up by itself."),
    HISTORY_SET_ASIDE(
            false,
            "F15 windows after the end of all nodes: what this node had on its disk was not used",
            "Look whether the folder that is named is still wanted, and delete it; the note goes with the next start."),
    CATALOG_FILE(
            false,
            "D13 this node's copy of the catalog was damaged, and the one before it was used",
            "Look after the disk of node.data; the next change writes the copy anew.");

    private final boolean loses;
    private final String promise;
    private final String remedy;

    Weakening(boolean loses, String promise, String remedy) {
        this.loses = loses;
        this.promise = requireNonNull(promise, "promise");
        this.remedy = requireNonNull(remedy, "remedy");
    }

    /** Found in a place. @param subject such as a configuration key @param found what is there */
    public Weakness at(String node, String subject, String found) {
        return new Weakness(this, node, subject, found, promise, remedy, loses);
    }
}
