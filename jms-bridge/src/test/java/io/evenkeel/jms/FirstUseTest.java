// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.jms;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.jms.connection.Connections;
import java.io.StringReader;
import java.lang.invoke.MethodHandles;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.apache.activemq.artemis.api.core.QueueConfiguration;
import org.apache.activemq.artemis.utils.JsonLoader;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * In a JVM of its own each time, since a class is loaded once. Without what {@link Connections} does first, a third of the
 * tries hang.
 */
@DisplayName("In a node that has just started")
class FirstUseTest {
    private static final int TRIES = 8;
    private static final long LIMIT_SECONDS = 30;

    @Test
    @DisplayName(
            "receivers that make their queues exclusive, and whoever reads the broker's answers, do not wait for each"
                    + " other for ever")
    void shouldNotDeadlock() throws Exception {
        for (int i = 0; i < TRIES; i++) {
            Process node = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-XX:TieredStopAtLevel=1",
                            "-cp",
                            System.getProperty("java.class.path"),
                            FirstUseTest.class.getName())
                    .redirectErrorStream(true)
                    .start();
            try {
                boolean ended = node.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS);
                assertThat(ended).as("both are done, in JVM %d", i).isTrue();
                assertThat(node.exitValue())
                        .as(new String(node.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                        .isZero();
            } finally {
                node.destroyForcibly().waitFor();
            }
        }
    }

    /** The two that were found waiting for each other. */
    public static void main(String[] args) throws Exception {
        MethodHandles.lookup().ensureInitialized(Connections.class);
        QueueConfiguration queue = QueueConfiguration.of("events").setExclusive(true);
        JsonLoader.createArrayBuilder();
        JsonLoader.createObjectBuilder();
        CyclicBarrier together = new CyclicBarrier(2);
        List<FutureTask<Object>> both = List.of(
                new FutureTask<>(first(together, queue::toJSON)),
                new FutureTask<>(first(together, () -> JsonLoader.readArray(new StringReader("[1]")))));
        both.forEach(one -> new Thread(one).start());
        for (FutureTask<Object> one : both) {
            one.get();
        }
    }

    private static Callable<Object> first(CyclicBarrier together, Callable<Object> use) {
        return () -> {
            together.await();
            return use.call();
        };
    }
}
