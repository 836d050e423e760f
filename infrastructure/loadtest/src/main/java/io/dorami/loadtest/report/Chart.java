package io.dorami.loadtest.report;

import java.util.List;
import java.util.Locale;
import java.util.stream.DoubleStream;

/** A small line chart as SVG, without a library, so that the report needs no other file. */
final class Chart {

    private static final int WIDTH = 640;
    private static final int HEIGHT = 260;
    private static final int LEFT = 56;
    private static final int RIGHT = 12;
    private static final int TOP = 12;
    private static final int BOTTOM = 40;
    private static final int GRID_STEPS = 4;

    /** Colours that colour-blind people can distinguish (Okabe and Ito). */
    private static final List<String> COLOURS =
            List.of("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9");

    /** A line of the chart. */
    record Line(String name, List<PlotPoint> points) {}

    record PlotPoint(double x, double y) {}

    /** A mark on the horizontal axis. */
    record Mark(double x, String label) {}

    private final StringBuilder svg = new StringBuilder();
    private final double maxX;
    private final double maxY;

    private Chart(double highestX, double highestY) {
        this.maxX = highestX;
        this.maxY = highestY;
    }

    static String colour(int index) {
        return COLOURS.get(index % COLOURS.size());
    }

    /** Draws lines over common axes, which start at 0. */
    static String of(String title, String unit, List<Mark> marks, List<Line> lines) {
        double x = DoubleStream.concat(
                        marks.stream().mapToDouble(Mark::x),
                        lines.stream().flatMap(line -> line.points().stream()).mapToDouble(PlotPoint::x))
                .max()
                .orElse(1);
        double y = lines.stream()
                .flatMap(line -> line.points().stream())
                .mapToDouble(PlotPoint::y)
                .max()
                .orElse(1);
        Chart chart = new Chart(x <= 0 ? 1 : x, roundUp(y));
        chart.add(
                "<figure><figcaption>%s, %s</figcaption><svg viewBox=\"0 0 %d %d\" role=\"img\">",
                HtmlReport.escape(title), HtmlReport.escape(unit), WIDTH, HEIGHT);
        chart.axes(marks);
        for (int i = 0; i < lines.size(); i++) {
            chart.line(lines.get(i), colour(i));
        }
        chart.add("</svg><p class=\"key\">");
        for (int i = 0; i < lines.size(); i++) {
            chart.add(
                    "<span style=\"--c:%s\">%s</span>",
                    colour(i), HtmlReport.escape(lines.get(i).name()));
        }
        chart.add("</p></figure>%n");
        return chart.svg.toString();
    }

    private void axes(List<Mark> marks) {
        for (int step = 0; step <= GRID_STEPS; step++) {
            double value = maxY * step / GRID_STEPS;
            add(
                    "<line class=\"grid\" x1=\"%d\" x2=\"%d\" y1=\"%.1f\" y2=\"%.1f\"/>",
                    LEFT, WIDTH - RIGHT, y(value), y(value));
            add("<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%s</text>", LEFT - 6, y(value) + 4, format(value));
        }
        for (Mark mark : marks) {
            add(
                    "<text x=\"%.1f\" y=\"%d\" text-anchor=\"%s\">%s</text>",
                    x(mark.x()),
                    HEIGHT - BOTTOM + 18,
                    mark.x() < maxX ? "middle" : "end",
                    HtmlReport.escape(mark.label()));
        }
    }

    private void line(Line line, String colour) {
        StringBuilder points = new StringBuilder();
        for (PlotPoint point : line.points()) {
            points.append(String.format(Locale.ROOT, "%.1f,%.1f ", x(point.x()), y(point.y())));
        }
        add("<polyline fill=\"none\" stroke=\"%s\" stroke-width=\"2\" points=\"%s\"/>", colour, points);
    }

    private double x(double value) {
        return LEFT + value / maxX * (WIDTH - LEFT - RIGHT);
    }

    private double y(double value) {
        return HEIGHT - BOTTOM - Math.min(value, maxY) / maxY * (HEIGHT - TOP - BOTTOM);
    }

    /** Rounds up to 1, 2, 2.5, 5 or 10 times a power of ten. */
    private static double roundUp(double value) {
        if (!(value > 0)) {
            return 1;
        }
        double power = Math.pow(10, Math.floor(Math.log10(value)));
        return DoubleStream.of(1, 2, 2.5, 5, 10)
                .map(step -> step * power)
                .filter(step -> step >= value)
                .findFirst()
                .orElse(10 * power);
    }

    private static String format(double value) {
        return value == Math.rint(value)
                ? String.format(Locale.ROOT, "%,.0f", value)
                : String.format(Locale.ROOT, "%.2f", value);
    }

    private void add(String format, Object... values) {
        svg.append(String.format(Locale.ROOT, format, values));
    }
}
