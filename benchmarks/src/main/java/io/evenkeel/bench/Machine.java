// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** What the results were measured on. */
final class Machine {
    private Machine() {}

    static String describe() {
        return "%d cores (%s), %s kB of memory, %s %s, JDK %s"
                .formatted(
                        Runtime.getRuntime().availableProcessors(),
                        line("/proc/cpuinfo", "model name"),
                        line("/proc/meminfo", "MemTotal").replace(" kB", ""),
                        System.getProperty("os.name"),
                        System.getProperty("os.version"),
                        System.getProperty("java.vm.version"));
    }

    /** Load averages of 1, 5 and 15 minutes; what else runs on the machine is in them. */
    static String load() {
        try {
            return Files.readString(Path.of("/proc/loadavg")).replaceAll("( \\S+){2}\\s*$", "");
        } catch (IOException e) {
            return "unknown";
        }
    }

    /** CPU time that processes have used since their start, together. */
    static long cpuMicros(List<Long> pids) {
        return pids.stream()
                .flatMap(pid -> ProcessHandle.of(pid).stream())
                .flatMap(process -> process.info().totalCpuDuration().stream())
                .mapToLong(cpu -> cpu.toNanos() / 1_000)
                .sum();
    }

    /** Ticks of all cores since the machine started, as {@code /proc/stat} counts them: proc(5). */
    record Cpu(long all, long idle, long stolen) {
        private static final int IDLE = 4;
        private static final int WAITING = 5;
        private static final int STOLEN = 8;

        static Cpu now() throws IOException {
            try (Stream<String> lines = Files.lines(Path.of("/proc/stat"))) {
                String[] cells = lines.findFirst().orElseThrow().split(" +");
                long all = 0;
                for (int i = 1; i <= STOLEN; i++) {
                    all += Long.parseLong(cells[i]);
                }
                return new Cpu(
                        all,
                        Long.parseLong(cells[IDLE]) + Long.parseLong(cells[WAITING]),
                        Long.parseLong(cells[STOLEN]));
            }
        }

        /** How the time since then was spent, for reading. */
        String since(Cpu then) {
            double ticks = Math.max(1, all - then.all);
            return "cores %.0f %% idle, %.0f %% taken by the host"
                    .formatted(100 * (idle - then.idle) / ticks, 100 * (stolen - then.stolen) / ticks);
        }
    }

    private static String line(String file, String name) {
        try (Stream<String> lines = Files.lines(Path.of(file))) {
            return lines.filter(line -> line.startsWith(name))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst()
                    .orElse("unknown");
        } catch (IOException e) {
            return "unknown";
        }
    }
}
