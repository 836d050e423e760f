package io.dorami.loadtest.report;

import io.dorami.loadtest.report.LoadResults.Ratio;
import io.dorami.loadtest.report.RunResult.Messages;
import io.dorami.loadtest.report.RunResult.Sales;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** Results as text for the terminal. */
public final class TextReport {

    private final StringBuilder text = new StringBuilder();

    private TextReport() {}

    public static String of(RunResult result) {
        return new TextReport().add(result).text.toString();
    }

    private TextReport add(RunResult result) {
        Messages m = result.messages();
        Sales sales = result.sales();
        line("");
        line(result.target() + ": " + result.plan().profile() + ", "
                + result.plan().summary());
        line("  " + result.description());
        row(
                "sockets",
                "%d of %d joined, %d failed, %d replaced, %d closed by the server",
                result.sockets().joined(),
                result.sockets().wanted(),
                result.sockets().failed(),
                result.sockets().replaced(),
                result.sockets().disconnected());
        if (m.sent() > 0) {
            messages(m);
        }
        latency("first media", result.player().firstFrame());
        if (result.player().viewers() > 0) {
            row(
                    "in 10 min",
                    "%.2f rebuffers, %.2f s stalled, %.2f reconnects for each viewer",
                    result.player().rebuffers(),
                    result.player().stalledSeconds(),
                    result.player().reconnects());
        }
        latency("latency", result.latency());
        latency("connect", result.connect());
        latency("join", result.join());
        latency("tool sent late", result.sending());
        latency("product update", sales.eventLatency());
        latency("REST", sales.calls());
        if (sales.ordered() > 0) {
            row(
                    "orders",
                    "%d confirmed, %d rejected as sold out, %d calls failed",
                    sales.ordered(),
                    sales.soldOut(),
                    sales.failedCalls());
        }
        if (sales.soldOutReached() >= 0) {
            row("sold out", "reached 99%% of the viewers in %.0f ms", sales.soldOutReached());
        }
        if (result.viewers().published() >= 0) {
            row(
                    "viewers",
                    "%d published at the end, %d sockets present",
                    result.viewers().published(),
                    result.viewers().there());
        }
        cpu(result.cpu());
        if (!result.events().isEmpty()) {
            row("other events", "%s", counts(result.events()));
        }
        if (!result.troubles().isEmpty()) {
            row("problems", "%s", counts(result.troubles()));
        }
        result.verdict().forEach(verdict -> row("!", "%s", verdict));
        return this;
    }

    private void messages(Messages m) {
        row(
                "messages",
                "%d sent, %d accepted, %s in the log, %d rejected, %d not sent",
                m.sent(),
                m.accepted(),
                m.logged() < 0 ? "?" : m.logged(),
                m.refused(),
                m.unsent());
        row(
                "deliveries",
                "%d; lost %d, duplicate %d, out of order %d, late %d, stray %d, corrupted %d",
                m.delivered(),
                m.lost() + m.unlogged(),
                m.doubled(),
                m.outOfOrder(),
                m.late(),
                m.stray(),
                m.corrupted());
    }

    private void cpu(RunResult.CpuUse cpu) {
        if (cpu.deliveries() > 0) {
            row(
                    "CPU",
                    "%.2f µs per delivery (%.2f s for %d); with all other processes %.2f µs",
                    cpu.perDelivery(),
                    cpu.server(),
                    cpu.deliveries(),
                    cpu.perDeliveryInAll());
        }
        row(
                cpu.deliveries() > 0 ? "" : "CPU",
                "server %.1f%% of a core; the load's core %.0f%%, the tool %.0f%%",
                cpu.serverShare() * 100,
                cpu.loadCore() * 100,
                cpu.loadShare() * 100);
        row(
                "",
                "%s",
                cpu.others().entrySet().stream()
                        .map(other -> String.format(Locale.ROOT, "%s %.2f s", other.getKey(), other.getValue()))
                        .collect(Collectors.joining(", ")));
        if (cpu.serverBytes() > 0) {
            row(
                    "memory",
                    "server %d MB, %d MB before the first connect",
                    cpu.serverBytes() >> 20,
                    cpu.serverBytesBefore() >> 20);
        }
    }

    /** Comparison with each peer, and the command that repeats it. */
    public static String comparison(LoadResults results) {
        TextReport report = new TextReport();
        Map<String, List<RunResult>> runs = results.byTarget();
        String first = runs.keySet().iterator().next();
        RunResult dorami = LoadResults.median(runs.getOrDefault(first, List.of()));
        runs.forEach((name, targetRuns) -> {
            if (!name.equals(first)) {
                report.line("");
                report.line("%-34s %12s %12s %9s".formatted("", first, name, "times"));
                for (Ratio ratio : LoadResults.compare(dorami, LoadResults.median(targetRuns))) {
                    report.line(String.format(
                            Locale.ROOT,
                            "%-34s %12.2f %12.2f %9s",
                            ratio.metric(),
                            ratio.dorami(),
                            ratio.peer(),
                            Double.isFinite(ratio.times()) ? String.format(Locale.ROOT, "%.2f", ratio.times()) : "-"));
                }
            }
        });
        report.line("");
        report.line("Repeat: " + results.command());
        return report.text.toString();
    }

    private static String counts(Map<String, ? extends Number> counts) {
        return counts.entrySet().stream()
                .map(entry -> entry.getKey() + " " + entry.getValue())
                .collect(Collectors.joining(", "));
    }

    private void latency(String label, RunResult.Latency latency) {
        if (latency.count() > 0) {
            row(
                    label,
                    "p50 %.1f  p90 %.1f  p99 %.1f  p99.9 %.1f  max %.1f ms",
                    latency.p50(),
                    latency.p90(),
                    latency.p99(),
                    latency.p999(),
                    latency.max());
        }
    }

    private void row(String label, String format, Object... values) {
        line(String.format(Locale.ROOT, "  %-15s ", label) + String.format(Locale.ROOT, format, values));
    }

    private void line(String line) {
        text.append(line).append(System.lineSeparator());
    }
}
