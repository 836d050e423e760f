package io.dorami.loadtest;

import io.dorami.loadtest.Result.Messages;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** A result as text for a terminal. */
final class Report {

    private Report() {}

    static String of(Result result) {
        StringBuilder text = new StringBuilder();
        Messages m = result.messages();
        Plan plan = result.plan();
        line(text, "", "");
        line(
                text,
                result.target(),
                "%s: %d rooms × %d members × %.0f messages/s of %d characters, %d s"
                        .formatted(
                                plan.profile(),
                                plan.rooms(),
                                plan.members(),
                                plan.rate(),
                                plan.size(),
                                plan.seconds().toSeconds()));
        line(text, "", result.description());
        line(
                text,
                "sockets",
                "%d of %d joined, %d failed, %d closed by the server"
                        .formatted(
                                result.sockets().joined(),
                                result.sockets().wanted(),
                                result.sockets().failed(),
                                result.sockets().disconnected()));
        line(
                text,
                "messages",
                "%d sent, %d accepted, %s in the log, %d refused, %d not sent"
                        .formatted(m.sent(), m.accepted(), m.logged() < 0 ? "?" : m.logged(), m.refused(), m.unsent()));
        line(
                text,
                "deliveries",
                "%d; lost %d, doubled %d, out of order %d, late %d, stray %d, corrupted %d"
                        .formatted(
                                m.delivered(),
                                m.lost() + m.unlogged(),
                                m.doubled(),
                                m.outOfOrder(),
                                m.late(),
                                m.stray(),
                                m.corrupted()));
        line(text, "latency", latency(result.latency()));
        line(text, "connect", latency(result.connect()));
        line(text, "join", latency(result.join()));
        line(text, "sending late", latency(result.sending()));
        line(
                text,
                "CPU",
                "%.2f µs a delivery (%.2f s for %d), server %.0f%% of its core, load core %.0f%% (tool %.0f%%)"
                        .formatted(
                                result.cpu().perDelivery(),
                                result.cpu().server(),
                                result.cpu().deliveries(),
                                result.cpu().serverShare() * 100,
                                result.cpu().loadCore() * 100,
                                result.cpu().loadShare() * 100));
        line(
                text,
                "",
                result.cpu().others().entrySet().stream()
                        .map(other -> other.getKey() + " %.2f s".formatted(other.getValue()))
                        .collect(Collectors.joining(", ")));
        line(
                text,
                "memory",
                "server %d MB, %d MB before anybody came"
                        .formatted(
                                result.cpu().serverBytes() >> 20, result.cpu().serverBytesBefore() >> 20));
        if (!result.events().isEmpty()) {
            line(text, "other events", joined(result.events()));
        }
        if (!result.troubles().isEmpty()) {
            line(text, "troubles", joined(result.troubles()));
        }
        result.verdict().forEach(verdict -> line(text, "!", verdict));
        return text.toString();
    }

    private static String joined(Map<String, ? extends Number> counts) {
        return counts.entrySet().stream()
                .map(entry -> entry.getKey() + " " + entry.getValue())
                .collect(Collectors.joining(", "));
    }

    private static String latency(Result.Latency latency) {
        return latency.count() == 0
                ? "nothing measured"
                : "p50 %.1f  p90 %.1f  p99 %.1f  p99.9 %.1f  max %.1f ms"
                        .formatted(latency.p50(), latency.p90(), latency.p99(), latency.p999(), latency.max());
    }

    private static void line(StringBuilder text, String what, String words) {
        text.append(String.format(Locale.ROOT, "%-13s %s%n", what, words));
    }

    /** The ratios of peers to ours, where more is worse for the peer. */
    static String ratios(List<Result> results) {
        return "";
    }
}
