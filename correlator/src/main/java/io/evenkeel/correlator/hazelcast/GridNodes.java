// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.hazelcast;

import com.hazelcast.cluster.Cluster;
import com.hazelcast.cluster.Member;
import com.hazelcast.core.ExecutionCallback;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.HazelcastInstanceNotActiveException;
import com.hazelcast.core.MemberLeftException;
import com.hazelcast.spi.exception.TargetNotMemberException;
import io.evenkeel.correlator.catalog.Answer;
import io.evenkeel.correlator.catalog.CatalogUnavailableException;
import io.evenkeel.correlator.catalog.NodeState;
import io.evenkeel.correlator.catalog.Nodes;
import io.evenkeel.correlator.catalog.Question;
import io.evenkeel.correlator.catalog.RegisterCodec;
import io.evenkeel.runtime.hazelcast.Grid;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * The members of the grid. What may take long (compiling) and what others wait for (applying, and short questions) go
 * through executors of their own, so that the one does not delay the other, nor reports and progress.
 */
final class GridNodes implements Nodes {
    private static final Duration RETRY_AFTER = Duration.ofSeconds(2);

    private final HazelcastInstance grid;

    GridNodes(HazelcastInstance grid) {
        this.grid = grid;
    }

    @Override
    public NodeRef self() {
        return ref(cluster().getLocalMember());
    }

    @Override
    public List<NodeRef> members() {
        return cluster().getMembers().stream().map(GridNodes::ref).toList();
    }

    private Cluster cluster() {
        try {
            return grid.getCluster();
        } catch (HazelcastInstanceNotActiveException e) {
            throw new CatalogUnavailableException(
                    "Expected this node to be a member of the cluster, but it is leaving it. Ask another node.",
                    RETRY_AFTER);
        }
    }

    private static NodeRef ref(Member member) {
        return new NodeRef(member.getUuid().toString(), Grid.nameOf(member));
    }

    @Override
    public CompletableFuture<Answer> ask(NodeRef node, Question question, Duration limit) {
        CompletableFuture<Answer> answer = new CompletableFuture<>();
        String executor = question.kind() == Question.Kind.PREPARE ? Grid.PREPARE : Grid.FOLLOW;
        try {
            Member member = cluster().getMembers().stream()
                    .filter(candidate -> candidate.getUuid().toString().equals(node.id()))
                    .findFirst()
                    .orElse(null);
            if (member == null) {
                answer.complete(Answer.about(node.name(), NodeState.LEFT, "it is no member any more"));
                return answer;
            }
            grid.getExecutorService(executor)
                    .submitToMember(new CatalogTask(question), member, new Waiting(node, answer));
        } catch (RuntimeException e) {
            answer.complete(silent(node, e));
        }
        return answer.completeOnTimeout(
                Answer.about(node.name(), NodeState.SILENT, "no answer within " + limit.toMillis() + " ms"),
                Math.max(1, limit.toMillis()),
                TimeUnit.MILLISECONDS);
    }

    private static Answer silent(NodeRef node, Throwable failure) {
        boolean left = failure instanceof MemberLeftException || failure instanceof TargetNotMemberException;
        return Answer.about(node.name(), left ? NodeState.LEFT : NodeState.SILENT, failure.toString());
    }

    private record Waiting(NodeRef node, CompletableFuture<Answer> answer) implements ExecutionCallback<byte[]> {
        @Override
        public void onResponse(byte[] response) {
            answer.complete(RegisterCodec.decodeAnswer(response));
        }

        @Override
        public void onFailure(Throwable failure) {
            answer.complete(silent(node, failure));
        }
    }
}
