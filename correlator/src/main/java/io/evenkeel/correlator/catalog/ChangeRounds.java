// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.catalog;

import io.evenkeel.correlator.catalog.Nodes.NodeRef;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** Asks all nodes at once, and waits for what they say. Thread-safe. */
final class ChangeRounds {
    private final Nodes nodes;
    private final Consumer<ChangeStep> steps;

    ChangeRounds(Nodes nodes, Consumer<ChangeStep> steps) {
        this.nodes = nodes;
        this.steps = steps;
    }

    Nodes nodes() {
        return nodes;
    }

    /** Has nodes compile what is new, before anything is under way. What they say does not matter yet. */
    void warmUp(List<NodeRef> members, CatalogBytes next, Duration limit) {
        List<CompletableFuture<Answer>> answers = new ArrayList<>();
        Question question = new Question(Question.Kind.PREPARE, "", 0, next.revision(), next.bytes());
        for (NodeRef member : members) {
            if (!member.equals(nodes.self())) {
                answers.add(nodes.ask(member, question, limit));
            }
        }
        answers.forEach(CompletableFuture::join);
    }

    List<NodeOutcome> prepare(List<NodeRef> members, OpenChange change, CatalogBytes next, Duration limit) {
        List<CompletableFuture<Answer>> answers = new ArrayList<>();
        // Others first: a crash after the first of them leaves some that know of the change and some that do not.
        List<NodeRef> order = members.stream()
                .sorted(Comparator.comparing(member -> member.equals(nodes.self())))
                .toList();
        for (NodeRef member : order) {
            answers.add(nodes.ask(member, Question.prepare(change, next), limit));
            if (answers.size() == 1) {
                steps.accept(ChangeStep.PREPARE_SENT);
            }
        }
        return outcomes(answers);
    }

    /** What the nodes that were asked to prepare, and are still here, said. */
    List<NodeOutcome> said(OpenChange change, Duration limit) {
        List<CompletableFuture<Answer>> answers = new ArrayList<>();
        for (NodeRef member : nodes.members()) {
            if (change.members().contains(member.id())) {
                answers.add(nodes.ask(member, Question.prepared(change), limit));
            }
        }
        return outcomes(answers);
    }

    /** Has all nodes run a revision. @param asked names of nodes that had prepared it; those that are gone are named */
    List<NodeOutcome> apply(long revision, Set<String> asked, Duration limit) {
        List<NodeRef> members = nodes.members();
        List<CompletableFuture<Answer>> answers = new ArrayList<>();
        for (NodeRef member : members) {
            answers.add(nodes.ask(member, Question.apply(revision), limit));
        }
        List<NodeOutcome> outcomes = new ArrayList<>(outcomes(answers));
        Set<String> here = members.stream().map(NodeRef::name).collect(Collectors.toSet());
        asked.stream()
                .filter(name -> !here.contains(name))
                .forEach(name -> outcomes.add(NodeOutcome.of(name, NodeState.LEFT)));
        outcomes.sort(Comparator.comparing(NodeOutcome::node));
        return outcomes;
    }

    private static List<NodeOutcome> outcomes(List<CompletableFuture<Answer>> answers) {
        return answers.stream()
                .map(answer -> answer.join().outcome())
                .sorted(Comparator.comparing(NodeOutcome::node))
                .toList();
    }
}
