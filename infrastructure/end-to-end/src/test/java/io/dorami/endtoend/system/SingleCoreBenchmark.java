package io.dorami.endtoend.system;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** Common parts of benchmarks: the service under test runs alone on the last core, load and stores on the others. */
public final class SingleCoreBenchmark {

    private static final int SERVICE_CORE = Runtime.getRuntime().availableProcessors() - 1;

    /** Memory limits and the options of {@code -Doptions}; the JIT compilers are those of production. */
    public static final List<String> JAVA_OPTIONS = Stream.concat(
                    Stream.of("-Xmx256m", "-XX:+UseSerialGC"),
                    Stream.of(System.getProperty("options", "").split(" ")).filter(option -> !option.isEmpty()))
            .toList();

    /** Command that starts a Java process on the service's core. */
    public static final List<String> JAVA_COMMAND = Stream.concat(
                    Stream.of(
                            "taskset",
                            "-c",
                            String.valueOf(SERVICE_CORE),
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString()),
                    JAVA_OPTIONS.stream())
            .toList();

    private SingleCoreBenchmark() {}

    /** Moves this process, and every process that it starts afterwards, to the other cores. */
    public static void moveLoadToOtherCores() throws IOException, InterruptedException {
        String others = SERVICE_CORE == 0 ? "0" : "0-" + (SERVICE_CORE - 1);
        new ProcessBuilder(
                        "taskset",
                        "-acp",
                        others,
                        String.valueOf(ProcessHandle.current().pid()))
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor();
    }

    /** User and system time of a process since its start. */
    public static Duration cpuTime(ProcessHandle process) {
        return process.info().totalCpuDuration().orElseThrow();
    }

    /** Percentiles of durations in microseconds, as text. */
    public static String percentiles(long[] micros) {
        long[] sorted = micros.clone();
        Arrays.sort(sorted);
        return String.format(
                Locale.ROOT,
                "p50 %.1f ms, p99 %.1f ms, p99.9 %.1f ms, longest %.1f ms",
                percentile(sorted, 0.5),
                percentile(sorted, 0.99),
                percentile(sorted, 0.999),
                percentile(sorted, 1));
    }

    private static double percentile(long[] sorted, double fraction) {
        return sorted[Math.max(0, (int) Math.ceil(sorted.length * fraction) - 1)] / 1_000.0;
    }
}
