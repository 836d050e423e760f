package io.dorami.endtoend;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** What benchmarks have in common: the service under test has the last core to itself, load and stores have the others. */
final class SingleCoreBenchmark {

    private static final int LAST = Runtime.getRuntime().availableProcessors() - 1;

    /** Besides the bounds of memory nothing but what {@code -Doptions} says: the compilers are those of production. */
    static final List<String> JAVA_OPTIONS = Stream.concat(
                    Stream.of("-Xmx256m", "-XX:+UseSerialGC"),
                    Stream.of(System.getProperty("options", "").split(" ")).filter(option -> !option.isEmpty()))
            .toList();

    /** Starts a Java process there. */
    static final List<String> JAVA = Stream.concat(
                    Stream.of(
                            "taskset",
                            "-c",
                            String.valueOf(LAST),
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString()),
                    JAVA_OPTIONS.stream())
            .toList();

    private SingleCoreBenchmark() {}

    /** This process, and what it starts from now on, keeps off that core. */
    static void leaveIt() throws IOException, InterruptedException {
        String others = LAST == 0 ? "0" : "0-" + (LAST - 1);
        new ProcessBuilder(
                        "taskset",
                        "-acp",
                        others,
                        String.valueOf(ProcessHandle.current().pid()))
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor();
    }

    /** User and system time of a process so far. */
    static Duration used(ProcessHandle process) {
        return process.info().totalCpuDuration().orElseThrow();
    }

    /** Of times in microseconds. */
    static String percentiles(long[] micros) {
        long[] sorted = micros.clone();
        Arrays.sort(sorted);
        return String.format(
                Locale.ROOT,
                "p50 %.1f ms, p99 %.1f ms, p99.9 %.1f ms, longest %.1f ms",
                at(sorted, 0.5),
                at(sorted, 0.99),
                at(sorted, 0.999),
                at(sorted, 1));
    }

    private static double at(long[] sorted, double share) {
        return sorted[Math.max(0, (int) Math.ceil(sorted.length * share) - 1)] / 1_000.0;
    }
}
