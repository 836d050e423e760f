package io.dorami.loadtest;

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
 * All runs of one command, in the order in which they were made.
 *
 * @param command repeats it
 * @param machine on which the numbers were measured
 */
record LoadResults(String command, String machine, Instant at, List<RunResult> results) {

    static String machine(Cores cores) {
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

    /** The runs of each target. */
    Map<String, List<RunResult>> byTarget() {
        Map<String, List<RunResult>> runs = new LinkedHashMap<>();
        results.forEach(result ->
                runs.computeIfAbsent(result.target(), name -> new ArrayList<>()).add(result));
        return runs;
    }

    /** The run in the middle by CPU per delivery: of each target, what is shown and compared. */
    static RunResult middle(List<RunResult> runs) {
        List<RunResult> sorted = runs.stream()
                .sorted(Comparator.comparingDouble(run -> run.cpu().perDelivery()))
                .toList();
        return sorted.get((sorted.size() - 1) / 2);
    }

    /** How many times as much a peer has as ours; over 1, it has more. */
    record Ratio(String of, double ours, double peers, double times) {

        static Ratio of(String what, RunResult ours, RunResult peer, ToDoubleFunction<RunResult> number) {
            double mine = number.applyAsDouble(ours);
            double its = number.applyAsDouble(peer);
            return new Ratio(what, mine, its, its / mine);
        }
    }

    /** A peer beside ours, number by number. */
    static List<Ratio> compare(RunResult ours, RunResult peer) {
        return List.of(
                Ratio.of(
                        "CPU per delivery, server, µs",
                        ours,
                        peer,
                        run -> run.cpu().perDelivery()),
                Ratio.of(
                        "CPU per delivery, all of it, µs",
                        ours,
                        peer,
                        run -> run.cpu().perDeliveryInAll()),
                Ratio.of("latency p50, ms", ours, peer, run -> run.latency().p50()),
                Ratio.of("latency p99, ms", ours, peer, run -> run.latency().p99()),
                Ratio.of(
                        "lost",
                        ours,
                        peer,
                        run -> run.messages().lost() + run.messages().unlogged()));
    }
}
