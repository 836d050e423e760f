package io.dorami.stream;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.Locale;

/** Metrics of srs-hook-service. Enums are recorded by their names, so that this class depends on no other package. */
@ApplicationScoped
public class StreamMetrics {

    private final MeterRegistry registry;
    private final Counter deferredChanges;
    private final Counter heartbeats;
    private final Counter corrections;

    /** Starts the counters that alerts use at 0, because Prometheus sees no increase from a missing value to 1. */
    StreamMetrics(MeterRegistry registry) {
        this.registry = registry;
        deferredChanges = Counter.builder("dorami.stream.late.changes")
                .description("Publishers that connected or disconnected while PostgreSQL was slow")
                .register(registry);
        heartbeats = Counter.builder("dorami.stream.heartbeats")
                .description("Heartbeats of SRS, one every 9 s")
                .register(registry);
        corrections = Counter.builder("dorami.stream.corrections")
                .description("Streams whose state by hooks differed from SRS's list")
                .register(registry);
        reconciliations(true);
        reconciliations(false);
    }

    /** Counts shows that started and ended: dorami_stream_changes_total. */
    public void recordStateChange(Enum<?> change) {
        Counter.builder("dorami.stream.changes")
                .description("Shows that started and ended")
                .tag("change", change.name().toLowerCase(Locale.ROOT))
                .register(registry)
                .increment();
    }

    /** Records the duration of a hook by action and response: dorami_stream_hooks_seconds. */
    public void recordHook(Enum<?> action, boolean accepted, Duration duration) {
        Timer.builder("dorami.stream.hooks")
                .description("Duration of SRS's hooks, by action and response")
                .tag("action", action.name().toLowerCase(Locale.ROOT))
                .tag("answer", accepted ? "accepted" : "refused")
                .register(registry)
                .record(duration);
    }

    /** Counts publisher changes that were deferred because PostgreSQL was slow: dorami_stream_late_changes_total. */
    public void recordDeferredChange() {
        deferredChanges.increment();
    }

    /** Counts publishers that found another publisher on their stream: dorami_stream_takeovers_total. */
    public void recordTakeover(Enum<?> outcome) {
        Counter.builder("dorami.stream.takeovers")
                .description("Publishers that found another publisher on their stream, by outcome")
                .tag("outcome", outcome.name().toLowerCase(Locale.ROOT))
                .register(registry)
                .increment();
    }

    /** Counts SRS's heartbeats, one every 9 s while SRS runs: dorami_stream_heartbeats_total. */
    public void recordHeartbeat() {
        heartbeats.increment();
    }

    /** Counts reconciliations, by the state of SRS's API: dorami_stream_reconciliations_total. */
    public void recordReconciliation(boolean apiAvailable) {
        reconciliations(apiAvailable).increment();
    }

    private Counter reconciliations(boolean apiAvailable) {
        return Counter.builder("dorami.stream.reconciliations")
                .description("Comparisons of all streams with SRS's list, by whether its API answered")
                .tag("api", apiAvailable ? "answered" : "silent")
                .register(registry);
    }

    /** Counts streams whose state by hooks differed from SRS's list: dorami_stream_corrections_total. */
    public void recordCorrection() {
        corrections.increment();
    }
}
