// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.http;

/** What a body may be made of. */
enum Shape {
    DOCUMENT(
            "A definition: an event type, a query or an instance, as a document.",
            "application/json",
            "application/yaml"),
    DOCUMENTS("One or several definitions.", "application/json", "application/yaml"),
    DEFINITIONS("All definitions of a kind, or a page of them, in the order of their names.", "application/json"),
    CHANGES("Puts and deletes that come into force together or not at all.", "application/json", "application/yaml"),
    CHANGE("How a change stands, and what each node said.", "application/json"),
    CHECKED("No fault was found in these.", "application/json"),
    TROUBLES("What an instance threw, by shard and key.", "application/json"),
    TASK("A task: as it is wanted, and how it stands in each of its places.", "application/json", "application/yaml"),
    TASKS("All tasks, in the order of their names.", "application/json"),
    TAKEN("The fence of the reader, and the position that was acknowledged last.", "application/json"),
    JOB("A job: as it was submitted, and how far it has come.", "application/json", "application/yaml"),
    JOBS("All jobs, the newest first.", "application/json"),
    RESULT("The result of a job, line by line.", "application/x-ndjson"),
    CLUSTER("The cluster as this node sees it.", "application/json"),
    HEALTH("The state, and reasons if it is not well.", "application/json"),
    CONTRACT("This document.", "application/json"),
    FEED(
            "Server-sent events; each tells its id, with which a reader may go on later, on any node.",
            "text/event-stream"),
    METRICS("In the text format of Prometheus.", "text/plain"),
    PROBLEM("What went wrong, as RFC 9457 has it.", "application/problem+json"),
    NOTHING("No body.");

    private final String description;
    private final String[] contentTypes;

    Shape(String description, String... contentTypes) {
        this.description = description;
        this.contentTypes = contentTypes;
    }

    String description() {
        return description;
    }

    String[] contentTypes() {
        return contentTypes;
    }
}
