package io.dorami.loadtest;

import io.dorami.loadtest.RunResult.Latency;
import java.util.List;
import java.util.Locale;

/**
 * One line of the infrastructure analysis's table of indicators: what it should be, and what a run measured.
 *
 * @param met empty where the profile does not measure it, or the analysis names no number
 */
record Kpi(String name, String target, String measured, Verdict met) {

    /** Whether the target is met. */
    enum Verdict {
        MET,
        MISSED,
        OPEN
    }

    private static final String ELSEWHERE = "not by this profile";

    /** All of them, in the analysis's order. */
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
                        run.sales().told(),
                        run.sales().told().p99()),
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
                        "Viewer count: told less there",
                        "0",
                        1,
                        run.viewers().told() >= 0,
                        Math.abs(run.viewers().told() - run.viewers().there())));
    }

    private static Kpi of(String name, String target, double below, Latency latency, double millis) {
        return latency.count() == 0
                ? new Kpi(name, target, ELSEWHERE, Verdict.OPEN)
                : new Kpi(name, target, millis(millis), verdict(millis < below));
    }

    private static Kpi measuredOnly(String name, Latency latency, double millis) {
        return new Kpi(name, "no number named", latency.count() == 0 ? ELSEWHERE : millis(millis), Verdict.OPEN);
    }

    private static Kpi count(String name, String target, double below, boolean known, double value) {
        return known
                ? new Kpi(
                        name,
                        target,
                        String.format(Locale.ROOT, "%.1f", value).replaceFirst("\\.0$", ""),
                        verdict(value < below))
                : new Kpi(name, target, ELSEWHERE, Verdict.OPEN);
    }

    private static Verdict verdict(boolean met) {
        return met ? Verdict.MET : Verdict.MISSED;
    }

    private static String millis(double millis) {
        return String.format(Locale.ROOT, "%,.1f ms", millis);
    }
}
