package io.dorami.loadtest;

import java.util.List;
import java.util.Locale;
import java.util.stream.DoubleStream;

/** A small line chart as SVG, drawn by hand so that a report needs nothing from anywhere. */
final class Chart {

    private static final int WIDTH = 640;
    private static final int HEIGHT = 260;
    private static final int LEFT = 56;
    private static final int RIGHT = 12;
    private static final int TOP = 12;
    private static final int BOTTOM = 40;
    private static final int STEPS = 4;

    /** Told apart by the colour-blind too (Okabe and Ito). */
    private static final List<String> COLOURS =
            List.of("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9");

    /** One line of a chart. */
    record Line(String name, List<PlotPoint> spots) {}

    record PlotPoint(double x, double y) {}

    /** A mark on the horizontal axis. */
    record Mark(double x, String label) {}

    private final StringBuilder svg = new StringBuilder();
    private final double highestX;
    private final double highestY;

    private Chart(double highestX, double highestY) {
        this.highestX = highestX;
        this.highestY = highestY;
    }

    static String colour(int index) {
        return COLOURS.get(index % COLOURS.size());
    }

    /** Lines over the same axes, both from 0. */
    static String of(String title, String unit, List<Mark> marks, List<Line> lines) {
        double x = DoubleStream.concat(
                        marks.stream().mapToDouble(Mark::x),
                        lines.stream().flatMap(line -> line.spots().stream()).mapToDouble(PlotPoint::x))
                .max()
                .orElse(1);
        double y = lines.stream()
                .flatMap(line -> line.spots().stream())
                .mapToDouble(PlotPoint::y)
                .max()
                .orElse(1);
        Chart chart = new Chart(x <= 0 ? 1 : x, rounded(y));
        chart.add(
                "<figure><figcaption>%s, %s</figcaption><svg viewBox=\"0 0 %d %d\" role=\"img\">",
                HtmlReport.text(title), HtmlReport.text(unit), WIDTH, HEIGHT);
        chart.axes(marks);
        for (int i = 0; i < lines.size(); i++) {
            chart.line(lines.get(i), colour(i));
        }
        chart.add("</svg><p class=\"key\">");
        for (int i = 0; i < lines.size(); i++) {
            chart.add(
                    "<span style=\"--c:%s\">%s</span>",
                    colour(i), HtmlReport.text(lines.get(i).name()));
        }
        chart.add("</p></figure>%n");
        return chart.svg.toString();
    }

    private void axes(List<Mark> marks) {
        for (int step = 0; step <= STEPS; step++) {
            double value = highestY * step / STEPS;
            add(
                    "<line class=\"grid\" x1=\"%d\" x2=\"%d\" y1=\"%.1f\" y2=\"%.1f\"/>",
                    LEFT, WIDTH - RIGHT, y(value), y(value));
            add("<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%s</text>", LEFT - 6, y(value) + 4, number(value));
        }
        for (Mark mark : marks) {
            add(
                    "<text x=\"%.1f\" y=\"%d\" text-anchor=\"%s\">%s</text>",
                    x(mark.x()),
                    HEIGHT - BOTTOM + 18,
                    mark.x() < highestX ? "middle" : "end",
                    HtmlReport.text(mark.label()));
        }
    }

    private void line(Line line, String colour) {
        StringBuilder points = new StringBuilder();
        for (PlotPoint spot : line.spots()) {
            points.append(String.format(Locale.ROOT, "%.1f,%.1f ", x(spot.x()), y(spot.y())));
        }
        add("<polyline fill=\"none\" stroke=\"%s\" stroke-width=\"2\" points=\"%s\"/>", colour, points);
    }

    private double x(double value) {
        return LEFT + value / highestX * (WIDTH - LEFT - RIGHT);
    }

    private double y(double value) {
        return HEIGHT - BOTTOM - Math.min(value, highestY) / highestY * (HEIGHT - TOP - BOTTOM);
    }

    /** The next number that people count to: 1, 2, 2.5, 5 or 10, times a power of ten. */
    private static double rounded(double highest) {
        if (!(highest > 0)) {
            return 1;
        }
        double power = Math.pow(10, Math.floor(Math.log10(highest)));
        return DoubleStream.of(1, 2, 2.5, 5, 10)
                .map(step -> step * power)
                .filter(step -> step >= highest)
                .findFirst()
                .orElse(10 * power);
    }

    private static String number(double value) {
        return value == Math.rint(value)
                ? String.format(Locale.ROOT, "%,.0f", value)
                : String.format(Locale.ROOT, "%.2f", value);
    }

    private void add(String format, Object... values) {
        svg.append(String.format(Locale.ROOT, format, values));
    }
}
