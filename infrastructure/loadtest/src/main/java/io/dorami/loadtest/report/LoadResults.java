package io.dorami.loadtest.report;

import io.dorami.loadtest.measurement.Cores;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * All runs of one command, in order of execution.
 *
 * @param command command that repeats the runs
 * @param machine machine of the measurement
 */
public record LoadResults(String command, String machine, Instant at, List<RunResult> results) {

    public static String machine(Cores cores) {
        String model = "";
        try {
            model = Files.readString(Path.of("/proc/cpuinfo"))
                    .lines()
                    .filter(line -> line.startsWith("model name"))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip() + ", ")
                    .findFirst()
                    .orElse("");
        } catch (IOException e) {
            // not Linux
        }
        return "%s%d cores, %s %s"
                .formatted(model, cores.count(), System.getProperty("os.name"), System.getProperty("os.version"));
    }

    /** Runs of each target. */
    Map<String, List<RunResult>> byTarget() {
        Map<String, List<RunResult>> runs = new LinkedHashMap<>();
        results.forEach(result ->
                runs.computeIfAbsent(result.target(), name -> new ArrayList<>()).add(result));
        return runs;
    }

    /** Median run by CPU per delivery; it represents the target in the report. */
    static RunResult median(List<RunResult> runs) {
        List<RunResult> sorted = runs.stream()
                .sorted(Comparator.comparingDouble(run -> run.cpu().perDelivery()))
                .toList();
        return sorted.get((sorted.size() - 1) / 2);
    }

    /** A metric of Dorami and of a peer; {@code times} is the peer's value divided by Dorami's. */
    record Ratio(String metric, double dorami, double peer, double times) {

        static Ratio of(String metric, RunResult dorami, RunResult peer, ToDoubleFunction<RunResult> number) {
            double doramiValue = number.applyAsDouble(dorami);
            double peerValue = number.applyAsDouble(peer);
            return new Ratio(metric, doramiValue, peerValue, peerValue / doramiValue);
        }
    }

    /** Compares a peer with Dorami, metric by metric. */
    static List<Ratio> compare(RunResult dorami, RunResult peer) {
        return List.of(
                Ratio.of(
                        "CPU per delivery, server, µs",
                        dorami,
                        peer,
                        run -> run.cpu().perDelivery()),
                Ratio.of(
                        "CPU per delivery, total, µs",
                        dorami,
                        peer,
                        run -> run.cpu().perDeliveryInAll()),
                Ratio.of("latency p50, ms", dorami, peer, run -> run.latency().p50()),
                Ratio.of("latency p99, ms", dorami, peer, run -> run.latency().p99()),
                Ratio.of(
                        "lost",
                        dorami,
                        peer,
                        run -> run.messages().lost() + run.messages().unlogged()));
    }
}
