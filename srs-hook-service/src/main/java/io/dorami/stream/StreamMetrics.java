package io.dorami.stream;

import io.micrometer.core.instrument.MeterRegistry;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Locale;

/** What an operator sees of srs-hook-service. */
@ApplicationScoped
class StreamMetrics {

    private final MeterRegistry registry;

    StreamMetrics(MeterRegistry registry) {
        this.registry = registry;
    }

    /** dorami_stream_changes_total: shows that started and ended. */
    void changed(StreamRules.Change change) {
        registry.counter("dorami.stream.changes", "change", change.name().toLowerCase(Locale.ROOT))
                .increment();
    }

    /** dorami_stream_hooks_total: SRS's calls, by what is known of their action, and the answer. */
    void hook(HookAction action, HookAnswer answer) {
        registry.counter(
                        "dorami.stream.hooks",
                        "action",
                        action.name().toLowerCase(Locale.ROOT),
                        "answer",
                        answer.accepted() ? "accepted" : "refused")
                .increment();
    }

    /** dorami_stream_heartbeats_total: how often SRS said that it is there; every 9 s while it is. */
    void heartbeat() {
        registry.counter("dorami.stream.heartbeats").increment();
    }
}
