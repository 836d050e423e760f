package io.dorami.loadtest.report;

import io.dorami.loadtest.report.RunResult.Latency;
import java.util.List;
import java.util.Locale;

/**
 * A performance indicator of the infrastructure analysis: its target, and the value that a run measured.
 *
 * @param verdict open if the profile does not measure the indicator, or the analysis names no target
 */
record Kpi(String name, String target, String measured, Verdict verdict) {

    /** Comparison of the measured value with the target. */
    enum Verdict {
        MET,
        MISSED,
        OPEN
    }

    private static final String NOT_MEASURED = "not measured by this profile";

    /** All indicators, in the order of the analysis. */
    static List<Kpi> of(RunResult run) {
        return List.of(
                of(
                        "Time to first frame, p95",
                        "< 3,000 ms",
                        3_000,
                        run.player().firstFrame(),
                        run.player().firstFrame().p95()),
                count(
                        "Rebuffers in 10 min of a stream",
                        "< 2",
                        2,
                        run.player().viewers() > 0,
                        run.player().rebuffers()),
                count(
                        "Stalled in 10 min of a stream, s",
                        "< 15",
                        15,
                        run.player().viewers() > 0,
                        run.player().stalledSeconds()),
                count(
                        "Reconnects in 10 min of a stream",
                        "< 2",
                        2,
                        run.player().viewers() > 0,
                        run.player().reconnects()),
                of(
                        "Socket connection latency, p99",
                        "< 500 ms",
                        500,
                        run.connect(),
                        run.connect().p99()),
                of(
                        "Message broadcast latency, chat, p99",
                        "< 100 ms",
                        100,
                        run.latency(),
                        run.latency().p99()),
                of(
                        "Message broadcast latency, product, p99",
                        "< 50 ms",
                        50,
                        run.sales().eventLatency(),
                        run.sales().eventLatency().p99()),
                count(
                        "Sockets closed by the server (ping 25 s, timeout 60 s)",
                        "0",
                        1,
                        run.sockets().joined() > 0,
                        run.sockets().disconnected()),
                measuredOnly(
                        "API request latency, p95",
                        run.sales().calls(),
                        run.sales().calls().p95()),
                measuredOnly(
                        "Chat message end to end, p95",
                        run.latency(),
                        run.latency().p95()),
                count(
                        "Viewer count: published less present",
                        "0",
                        1,
                        run.viewers().published() >= 0,
                        Math.abs(run.viewers().published() - run.viewers().there())));
    }

    private static Kpi of(String name, String target, double below, Latency latency, double millis) {
        return latency.count() == 0
                ? new Kpi(name, target, NOT_MEASURED, Verdict.OPEN)
                : new Kpi(name, target, millis(millis), verdict(millis < below));
    }

    private static Kpi measuredOnly(String name, Latency latency, double millis) {
        return new Kpi(name, "no target", latency.count() == 0 ? NOT_MEASURED : millis(millis), Verdict.OPEN);
    }

    private static Kpi count(String name, String target, double below, boolean known, double value) {
        return known
                ? new Kpi(
                        name,
                        target,
                        String.format(Locale.ROOT, "%.1f", value).replaceFirst("\\.0$", ""),
                        verdict(value < below))
                : new Kpi(name, target, NOT_MEASURED, Verdict.OPEN);
    }

    private static Verdict verdict(boolean isMet) {
        return isMet ? Verdict.MET : Verdict.MISSED;
    }

    private static String millis(double millis) {
        return String.format(Locale.ROOT, "%,.1f ms", millis);
    }
}
