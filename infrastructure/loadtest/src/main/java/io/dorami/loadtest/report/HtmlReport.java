package io.dorami.loadtest.report;

import io.dorami.loadtest.plan.Plan;
import io.dorami.loadtest.report.Chart.Line;
import io.dorami.loadtest.report.Chart.Mark;
import io.dorami.loadtest.report.Chart.PlotPoint;
import io.dorami.loadtest.report.LoadResults.Ratio;
import io.dorami.loadtest.report.RunResult.Second;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/** Results as one self-contained page: tables, curves, and the indicators beside their targets. */
public final class HtmlReport {

    private static final String HEAD = """
        <!doctype html>
        <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
        <title>Dorami under load</title>
        <style>
        :root { color-scheme: light dark; --line: #8884; }
        body { font: 15px/1.5 system-ui, sans-serif; max-width: 1360px; margin: 2rem auto; padding: 0 1rem; }
        h1 { margin-bottom: 0; } h2 { margin: 2rem 0 .5rem; }
        code { font-size: .9em; overflow-wrap: anywhere; }
        table { border-collapse: collapse; width: 100%; }
        th, td { padding: .3rem .7rem; border-bottom: 1px solid var(--line); text-align: right; }
        th:first-child, td:first-child { text-align: left; }
        .wide { overflow-x: auto; }
        .plots { display: grid; grid-template-columns: repeat(auto-fit, minmax(460px, 1fr)); gap: 1rem; }
        figure { margin: 0; } figcaption { font-weight: 600; }
        svg { width: 100%; height: auto; } svg text { font-size: 11px; fill: currentColor; }
        .grid { stroke: var(--line); }
        .key { margin: 0; } .key span { margin-right: 1rem; }
        .key span::before { content: ""; display: inline-block; width: .8em; height: .8em; margin-right: .3em;
          background: var(--c); }
        .met::before { content: "✓ "; color: #009e73; } .missed::before { content: "✗ "; color: #d55e00; }
        .void { color: #d55e00; font-weight: 600; }
        .small { opacity: .75; font-size: .9em; }
        </style></head><body>
        """;

    private static final List<Mark> PERCENTILE_MARKS = Stream.of("0", "50", "90", "99", "99.9", "99.99")
            .map(percent -> new Mark(percentileAxis(Double.parseDouble(percent)), percent + "%"))
            .toList();

    private final StringBuilder html = new StringBuilder(HEAD);
    private final Map<String, List<RunResult>> runsByTarget;
    private final List<RunResult> medianRuns;

    private HtmlReport(LoadResults results) {
        runsByTarget = results.byTarget();
        medianRuns = runsByTarget.values().stream().map(LoadResults::median).toList();
        Plan plan = medianRuns.getFirst().plan();
        add("<h1>%s</h1><p>%s</p>", escape(plan.profile()), escape(plan.summary()));
        add(
                "<p class=\"small\">%s, %s<br><code>%s</code></p>%n",
                escape(results.at().toString()), escape(results.machine()), escape(results.command()));
        results.results()
                .forEach(run -> run.verdict()
                        .forEach(
                                verdict -> add("<p class=\"void\">%s: %s</p>", escape(run.target()), escape(verdict))));
        addNumbers();
        addRatios();
        addKpis();
        addPlots();
        messageCounts();
        add("</body></html>%n");
    }

    public static String of(LoadResults results) {
        return new HtmlReport(results).html.toString();
    }

    /** Escapes markup. */
    static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }

    private void addNumbers() {
        add("<h2>Numbers</h2><div class=\"wide\"><table><tr><th></th>");
        Stream.of(
                        "CPU per delivery, server",
                        "total",
                        "deliveries/s",
                        "p50",
                        "p90",
                        "p99",
                        "p99.9",
                        "max",
                        "connect p99",
                        "server",
                        "load's core",
                        "memory")
                .forEach(title -> add("<th>%s</th>", title));
        add("</tr>%n");
        for (RunResult run : medianRuns) {
            addRow(
                    run.target(),
                    micros(run.cpu().perDelivery()),
                    micros(run.cpu().perDeliveryInAll()),
                    String.format(
                            Locale.ROOT,
                            "%,.0f",
                            run.cpu().deliveries() / run.cpu().seconds()),
                    millis(run.latency().p50()),
                    millis(run.latency().p90()),
                    millis(run.latency().p99()),
                    millis(run.latency().p999()),
                    millis(run.latency().max()),
                    millis(run.connect().p99()),
                    percent(run.cpu().serverShare()),
                    percent(run.cpu().loadCore()),
                    "%d MB".formatted(run.cpu().serverBytes() >> 20));
        }
        add("</table></div><ul class=\"small\">");
        medianRuns.forEach(run -> add("<li>%s: %s</li>", escape(run.target()), escape(run.description())));
        add(
                "</ul><p class=\"small\">Latency counts from the time at which a message was due. Of several runs, the median by"
                        + " CPU is shown; all are in the JSON file.</p>%n");
    }

    private void addRatios() {
        if (medianRuns.size() < 2) {
            return;
        }
        RunResult dorami = medianRuns.getFirst();
        add(
                "<h2>Compared with %s</h2><div class=\"wide\"><table><tr><th></th><th>%s</th>",
                escape(dorami.target()), escape(dorami.target()));
        List<RunResult> peers = medianRuns.subList(1, medianRuns.size());
        peers.forEach(peer -> add("<th>%s</th><th>times</th>", escape(peer.target())));
        add("</tr>");
        List<List<Ratio>> columns =
                peers.stream().map(peer -> LoadResults.compare(dorami, peer)).toList();
        for (int i = 0; i < columns.getFirst().size(); i++) {
            List<String> cells =
                    new ArrayList<>(List.of(decimal(columns.getFirst().get(i).dorami())));
            for (List<Ratio> column : columns) {
                Ratio ratio = column.get(i);
                cells.add(decimal(ratio.peer()));
                cells.add(Double.isFinite(ratio.times()) ? decimal(ratio.times()) : "-");
            }
            addRow(columns.getFirst().get(i).metric(), cells.toArray(String[]::new));
        }
        add("</table></div>%n");
    }

    private void addKpis() {
        add("<h2>Indicators of the infrastructure analysis</h2><table><tr><th></th><th>target</th>");
        medianRuns.forEach(run -> add("<th>%s</th>", escape(run.target())));
        add("</tr>");
        List<List<Kpi>> columns = medianRuns.stream().map(Kpi::of).toList();
        for (int i = 0; i < columns.getFirst().size(); i++) {
            Kpi first = columns.getFirst().get(i);
            add("<tr><td>%s</td><td>%s</td>", escape(first.name()), escape(first.target()));
            for (List<Kpi> column : columns) {
                Kpi kpi = column.get(i);
                add("<td class=\"%s\">%s</td>", kpi.verdict().name().toLowerCase(Locale.ROOT), escape(kpi.measured()));
            }
            add("</tr>%n");
        }
        add("</table>%n");
    }

    private void addPlots() {
        add("<h2>Curves</h2><div class=\"plots\">");
        add(
                "%s",
                Chart.of(
                        "Latency by percentile",
                        "ms",
                        PERCENTILE_MARKS,
                        medianRuns.stream()
                                .map(run -> new Line(
                                        run.target(),
                                        run.latency().curve().stream()
                                                .filter(point -> point.percent() < 99.999)
                                                .map(point ->
                                                        new PlotPoint(percentileAxis(point.percent()), point.millis()))
                                                .toList()))
                                .toList()));
        addTimePlot("Latency p99 of the sampled sockets", "ms", Second::p99);
        addTimePlot("Delivered", "messages/s", Second::delivered);
        addTimePlot("Server", "percent of a core", second -> second.serverShare() * 100);
        addTimePlot("Load's core", "percent", second -> second.loadCore() * 100);
        addTimePlot("Memory of the server", "MB", second -> second.serverBytes() / 1048576.0);
        addTimePlot("Sockets", "joined", Second::present);
        add("</div>%n");
    }

    private void addTimePlot(String title, String unit, ToDoubleFunction<Second> number) {
        double duration = medianRuns.stream()
                .flatMap(run -> run.seconds().stream())
                .mapToDouble(Second::at)
                .max()
                .orElse(1);
        List<Mark> marks = Stream.of(0.0, 0.25, 0.5, 0.75, 1.0)
                .map(fraction -> new Mark(fraction * duration, "%.0f s".formatted(fraction * duration)))
                .toList();
        List<Line> lines = medianRuns.stream()
                .map(run -> new Line(
                        run.target(),
                        run.seconds().stream()
                                .map(second -> new PlotPoint(second.at(), number.applyAsDouble(second)))
                                .toList()))
                .toList();
        add("%s", Chart.of(title, unit, marks, lines));
    }

    private void messageCounts() {
        add("<h2>Account of every message</h2><div class=\"wide\"><table><tr><th></th>");
        Stream.of(
                        "sent",
                        "accepted",
                        "in the log",
                        "delivered",
                        "lost",
                        "duplicate",
                        "out of order",
                        "late",
                        "stray",
                        "corrupted",
                        "rejected")
                .forEach(title -> add("<th>%s</th>", title));
        add("</tr>%n");
        runsByTarget.values().stream().flatMap(List::stream).forEach(run -> {
            RunResult.Messages m = run.messages();
            addRow(
                    run.target(),
                    Stream.of(
                                    m.sent(),
                                    m.accepted(),
                                    m.logged(),
                                    m.delivered(),
                                    m.lost() + m.unlogged(),
                                    m.doubled(),
                                    m.outOfOrder(),
                                    m.late(),
                                    m.stray(),
                                    m.corrupted(),
                                    m.refused())
                            .map(count -> count < 0 ? "-" : String.format(Locale.ROOT, "%,d", count))
                            .toArray(String[]::new));
        });
        add("</table></div>%n");
    }

    private void addRow(String name, String... cells) {
        add("<tr><td>%s</td>", escape(name));
        for (String cell : cells) {
            add("<td>%s</td>", escape(cell));
        }
        add("</tr>%n");
    }

    /** Position of a percentile on the axis, so that 90, 99 and 99.9 are equally spaced. */
    private static double percentileAxis(double percent) {
        return -Math.log10(1 - percent / 100);
    }

    private static String micros(double value) {
        return String.format(Locale.ROOT, "%.2f µs", value);
    }

    private static String millis(double value) {
        return String.format(Locale.ROOT, "%,.1f ms", value);
    }

    private static String percent(double share) {
        return String.format(Locale.ROOT, "%.0f%%", share * 100);
    }

    private static String decimal(double value) {
        return String.format(Locale.ROOT, "%,.2f", value);
    }

    private void add(String format, Object... values) {
        html.append(String.format(Locale.ROOT, format, values));
    }
}
