package io.dorami.loadtest;

import io.dorami.loadtest.LoadResults.Ratio;
import io.dorami.loadtest.RunResult.Messages;
import io.dorami.loadtest.RunResult.Sales;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** Results as text for a terminal. */
final class TextReport {

    private final StringBuilder text = new StringBuilder();

    private TextReport() {}

    static String of(RunResult result) {
        return new TextReport().add(result).text.toString();
    }

    private TextReport add(RunResult result) {
        Messages m = result.messages();
        Sales sales = result.sales();
        line("");
        line(result.target() + ": " + result.plan().profile() + ", "
                + result.plan().words());
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
        latency("product told", sales.told());
        latency("REST", sales.calls());
        if (sales.ordered() > 0) {
            row(
                    "orders",
                    "%d confirmed, %d refused as sold out, %d calls failed",
                    sales.ordered(),
                    sales.soldOut(),
                    sales.failedCalls());
        }
        if (sales.soldOutReached() >= 0) {
            row("sold out", "reached 99%% of the viewers in %.0f ms", sales.soldOutReached());
        }
        if (result.viewers().told() >= 0) {
            row(
                    "viewers",
                    "%d told at the end, %d sockets there",
                    result.viewers().told(),
                    result.viewers().there());
        }
        cpu(result.cpu());
        if (!result.events().isEmpty()) {
            row("other events", "%s", counts(result.events()));
        }
        if (!result.troubles().isEmpty()) {
            row("troubles", "%s", counts(result.troubles()));
        }
        result.verdict().forEach(verdict -> row("!", "%s", verdict));
        return this;
    }

    private void messages(Messages m) {
        row(
                "messages",
                "%d sent, %d accepted, %s in the log, %d refused, %d not sent",
                m.sent(),
                m.accepted(),
                m.logged() < 0 ? "?" : m.logged(),
                m.refused(),
                m.unsent());
        row(
                "deliveries",
                "%d; lost %d, doubled %d, out of order %d, late %d, stray %d, corrupted %d",
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
                    "%.2f µs a delivery (%.2f s for %d); with all that works for it %.2f µs",
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
                    "server %d MB, %d MB before anybody came",
                    cpu.serverBytes() >> 20,
                    cpu.serverBytesBefore() >> 20);
        }
    }

    /** Ours against each peer, where there is one; and how to see it again. */
    static String comparison(LoadResults outcome) {
        TextReport report = new TextReport();
        Map<String, List<RunResult>> runs = outcome.byTarget();
        String first = runs.keySet().iterator().next();
        RunResult ours = LoadResults.middle(runs.getOrDefault(first, List.of()));
        runs.forEach((name, results) -> {
            if (!name.equals(first)) {
                report.line("");
                report.line("%-34s %12s %12s %9s".formatted("", first, name, "times"));
                for (Ratio ratio : LoadResults.compare(ours, LoadResults.middle(results))) {
                    report.line(String.format(
                            Locale.ROOT,
                            "%-34s %12.2f %12.2f %9s",
                            ratio.of(),
                            ratio.ours(),
                            ratio.peers(),
                            Double.isFinite(ratio.times()) ? String.format(Locale.ROOT, "%.2f", ratio.times()) : "-"));
                }
            }
        });
        report.line("");
        report.line("Again: " + outcome.command());
        return report.text.toString();
    }

    private static String counts(Map<String, ? extends Number> counts) {
        return counts.entrySet().stream()
                .map(entry -> entry.getKey() + " " + entry.getValue())
                .collect(Collectors.joining(", "));
    }

    private void latency(String what, RunResult.Latency latency) {
        if (latency.count() > 0) {
            row(
                    what,
                    "p50 %.1f  p90 %.1f  p99 %.1f  p99.9 %.1f  max %.1f ms",
                    latency.p50(),
                    latency.p90(),
                    latency.p99(),
                    latency.p999(),
                    latency.max());
        }
    }

    private void row(String what, String words, Object... values) {
        line(String.format(Locale.ROOT, "  %-15s ", what) + String.format(Locale.ROOT, words, values));
    }

    private void line(String line) {
        text.append(line).append(System.lineSeparator());
    }
}
