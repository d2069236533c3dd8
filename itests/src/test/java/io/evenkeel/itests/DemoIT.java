// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.itests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The first thing that anybody types, as they type it but for the launcher's build. */
class DemoIT {
    private static final long LIMIT_MINUTES = 5;

    @Test
    @DisplayName("with two nodes the demo kills none, since the other would commit nothing, and says so")
    void demoSparesOneOfTwo(@TempDir Path folder) throws Exception {
        String text = demo(folder, "--nodes", "2");
        assertThat(text).containsPattern("matches received +4906").contains("No node is killed");
        assertThat(text).doesNotContain("kill -9");
    }

    @Test
    @DisplayName("N2 the demo kills a node half way, and finds each match of its oracle once and in order")
    void demoFindsEachMatchOnce(@TempDir Path folder) throws Exception {
        String text = demo(folder);
        assertThat(text).containsPattern("matches expected +4906").containsPattern("matches received +4906");
        assertThat(text).contains("kill -9");
    }

    /** Returns what it said when it ended well. */
    private static String demo(Path folder, String... options) throws Exception {
        File output = folder.resolve("demo.txt").toFile();
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Devenkeel.home=" + Path.of("..").toAbsolutePath().normalize(),
                "-cp",
                System.getProperty("java.class.path"),
                "io.evenkeel.correlator.cli.Main",
                "demo"));
        command.addAll(List.of(options));
        Process demo = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output)
                .start();
        try {
            boolean ended = demo.waitFor(LIMIT_MINUTES, TimeUnit.MINUTES);
            String text = Files.readString(output.toPath());
            assertThat(ended).as("the demo ended; it said: " + text).isTrue();
            assertThat(demo.exitValue())
                    .as("exit code of the demo, which said: " + text)
                    .isZero();
            return text;
        } finally {
            // Its own children end with it: the demo has a hook for that.
            demo.destroy();
            demo.waitFor(20, TimeUnit.SECONDS);
        }
    }
}
