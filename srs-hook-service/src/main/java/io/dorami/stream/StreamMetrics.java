package io.dorami.stream;

import io.dorami.stream.hooks.HookResponse;
import io.dorami.stream.srs.HookAction;
import io.dorami.stream.state.StreamRules;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.Locale;

/** What an operator sees of srs-hook-service. */
@ApplicationScoped
public class StreamMetrics {

    private final MeterRegistry registry;

    StreamMetrics(MeterRegistry registry) {
        this.registry = registry;
    }

    /** dorami_stream_changes_total: shows that started and ended. */
    public void changed(StreamRules.StateChange change) {
        registry.counter("dorami.stream.changes", "change", change.name().toLowerCase(Locale.ROOT))
                .increment();
    }

    /** dorami_stream_hooks_seconds: SRS's calls, by what is known of their action, and the answer. */
    public void hook(HookAction action, HookResponse answer, Duration took) {
        Timer.builder("dorami.stream.hooks")
                .tag("action", action.name().toLowerCase(Locale.ROOT))
                .tag("answer", answer.accepted() ? "accepted" : "refused")
                .publishPercentileHistogram()
                .minimumExpectedValue(Duration.ofMillis(1))
                .maximumExpectedValue(Duration.ofSeconds(1))
                .register(registry)
                .record(took);
    }

    /** dorami_stream_late_changes_total: publishers that came or went while PostgreSQL was slow. */
    public void late() {
        registry.counter("dorami.stream.late.changes").increment();
    }

    /** dorami_stream_heartbeats_total: how often SRS said that it is there; every 9 s while it is. */
    public void heartbeat() {
        registry.counter("dorami.stream.heartbeats").increment();
    }

    /** dorami_stream_reconciliations_total: by whether SRS's API answered. */
    public void reconciled(boolean answered) {
        registry.counter("dorami.stream.reconciliations", "api", answered ? "answered" : "silent")
                .increment();
    }

    /** dorami_stream_corrections_total: streams of which the hooks had told something else than SRS's API. */
    public void corrected() {
        registry.counter("dorami.stream.corrections").increment();
    }
}
