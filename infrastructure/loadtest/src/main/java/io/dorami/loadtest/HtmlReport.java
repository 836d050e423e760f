package io.dorami.loadtest;

import io.dorami.loadtest.Chart.Line;
import io.dorami.loadtest.Chart.Mark;
import io.dorami.loadtest.Chart.PlotPoint;
import io.dorami.loadtest.LoadResults.Ratio;
import io.dorami.loadtest.RunResult.Second;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/** An outcome as one page that needs nothing else: tables, curves, the indicators beside their targets. */
final class HtmlReport {

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

    private static final List<Mark> PERCENTS = Stream.of("0", "50", "90", "99", "99.9", "99.99")
            .map(percent -> new Mark(halvings(Double.parseDouble(percent)), percent + "%"))
            .toList();

    private final StringBuilder html = new StringBuilder(HEAD);
    private final Map<String, List<RunResult>> runs;
    private final List<RunResult> middles;

    private HtmlReport(LoadResults outcome) {
        runs = outcome.byTarget();
        middles = runs.values().stream().map(LoadResults::middle).toList();
        Plan plan = middles.getFirst().plan();
        add("<h1>%s</h1><p>%s</p>", text(plan.profile()), text(plan.words()));
        add(
                "<p class=\"small\">%s, %s<br><code>%s</code></p>%n",
                text(outcome.at().toString()), text(outcome.machine()), text(outcome.command()));
        outcome.results()
                .forEach(run -> run.verdict()
                        .forEach(verdict -> add("<p class=\"void\">%s: %s</p>", text(run.target()), text(verdict))));
        numbers();
        ratios();
        indicators();
        plots();
        account();
        add("</body></html>%n");
    }

    static String of(LoadResults outcome) {
        return new HtmlReport(outcome).html.toString();
    }

    /** Text that is no markup. */
    static String text(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }

    private void numbers() {
        add("<h2>Numbers</h2><div class=\"wide\"><table><tr><th></th>");
        Stream.of(
                        "CPU a delivery, server",
                        "in all",
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
        for (RunResult run : middles) {
            row(
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
        middles.forEach(run -> add("<li>%s: %s</li>", text(run.target()), text(run.description())));
        add("</ul><p class=\"small\">Latency from the time at which a message should have been sent. Of several runs,"
                + " the one in the middle by CPU; all are in the JSON file.</p>%n");
    }

    private void ratios() {
        if (middles.size() < 2) {
            return;
        }
        RunResult ours = middles.getFirst();
        add(
                "<h2>Beside %s</h2><div class=\"wide\"><table><tr><th></th><th>%s</th>",
                text(ours.target()), text(ours.target()));
        List<RunResult> peers = middles.subList(1, middles.size());
        peers.forEach(peer -> add("<th>%s</th><th>times</th>", text(peer.target())));
        add("</tr>");
        List<List<Ratio>> columns =
                peers.stream().map(peer -> LoadResults.compare(ours, peer)).toList();
        for (int i = 0; i < columns.getFirst().size(); i++) {
            List<String> cells =
                    new ArrayList<>(List.of(decimal(columns.getFirst().get(i).ours())));
            for (List<Ratio> column : columns) {
                Ratio ratio = column.get(i);
                cells.add(decimal(ratio.peers()));
                cells.add(Double.isFinite(ratio.times()) ? decimal(ratio.times()) : "-");
            }
            row(columns.getFirst().get(i).of(), cells.toArray(String[]::new));
        }
        add("</table></div>%n");
    }

    private void indicators() {
        add("<h2>Indicators of the infrastructure analysis</h2><table><tr><th></th><th>target</th>");
        middles.forEach(run -> add("<th>%s</th>", text(run.target())));
        add("</tr>");
        List<List<Kpi>> columns = middles.stream().map(Kpi::of).toList();
        for (int i = 0; i < columns.getFirst().size(); i++) {
            Kpi first = columns.getFirst().get(i);
            add("<tr><td>%s</td><td>%s</td>", text(first.name()), text(first.target()));
            for (List<Kpi> column : columns) {
                Kpi kpi = column.get(i);
                add("<td class=\"%s\">%s</td>", kpi.met().name().toLowerCase(Locale.ROOT), text(kpi.measured()));
            }
            add("</tr>%n");
        }
        add("</table>%n");
    }

    private void plots() {
        add("<h2>Curves</h2><div class=\"plots\">");
        add(
                "%s",
                Chart.of(
                        "Latency by percentile",
                        "ms",
                        PERCENTS,
                        middles.stream()
                                .map(run -> new Line(
                                        run.target(),
                                        run.latency().curve().stream()
                                                .filter(point -> point.percent() < 99.999)
                                                .map(point -> new PlotPoint(halvings(point.percent()), point.millis()))
                                                .toList()))
                                .toList()));
        overTime("Latency p99 of the sampled sockets", "ms", Second::p99);
        overTime("Delivered", "messages/s", Second::delivered);
        overTime("Server", "percent of a core", second -> second.serverShare() * 100);
        overTime("Load's core", "percent", second -> second.loadCore() * 100);
        overTime("Memory of the server", "MB", second -> second.serverBytes() / 1048576.0);
        overTime("Sockets", "in their rooms", Second::present);
        add("</div>%n");
    }

    private void overTime(String title, String unit, ToDoubleFunction<Second> number) {
        double longest = middles.stream()
                .flatMap(run -> run.seconds().stream())
                .mapToDouble(Second::at)
                .max()
                .orElse(1);
        List<Mark> marks = Stream.of(0.0, 0.25, 0.5, 0.75, 1.0)
                .map(part -> new Mark(part * longest, "%.0f s".formatted(part * longest)))
                .toList();
        List<Line> lines = middles.stream()
                .map(run -> new Line(
                        run.target(),
                        run.seconds().stream()
                                .map(second -> new PlotPoint(second.at(), number.applyAsDouble(second)))
                                .toList()))
                .toList();
        add("%s", Chart.of(title, unit, marks, lines));
    }

    private void account() {
        add("<h2>Every message accounted for</h2><div class=\"wide\"><table><tr><th></th>");
        Stream.of(
                        "sent",
                        "accepted",
                        "in the log",
                        "delivered",
                        "lost",
                        "doubled",
                        "out of order",
                        "late",
                        "stray",
                        "corrupted",
                        "refused")
                .forEach(title -> add("<th>%s</th>", title));
        add("</tr>%n");
        runs.values().stream().flatMap(List::stream).forEach(run -> {
            RunResult.Messages m = run.messages();
            row(
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

    private void row(String name, String... cells) {
        add("<tr><td>%s</td>", text(name));
        for (String cell : cells) {
            add("<td>%s</td>", text(cell));
        }
        add("</tr>%n");
    }

    /** Percentiles drawn so that 90, 99 and 99.9 stand equally far from each other. */
    private static double halvings(double percent) {
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
