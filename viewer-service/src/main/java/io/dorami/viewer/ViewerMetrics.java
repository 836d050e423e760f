package io.dorami.viewer;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.enterprise.context.ApplicationScoped;

/** What an operator sees of viewer-service. */
@ApplicationScoped
class ViewerMetrics {

    private final Counter told;

    ViewerMetrics(MeterRegistry registry) {
        // dorami_viewer_updates_total: counts published to rooms
        told = registry.counter("dorami.viewer.updates");
    }

    void told() {
        told.increment();
    }
}
