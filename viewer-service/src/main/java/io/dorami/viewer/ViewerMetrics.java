package io.dorami.viewer;

import io.dorami.contracts.keys.Partition;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** What an operator sees of viewer-service. */
@ApplicationScoped
class ViewerMetrics {

    private final Counter told;
    private final Counter written;
    private final Map<Partition, Long> doubtful = new ConcurrentHashMap<>();

    ViewerMetrics(MeterRegistry registry) {
        // dorami_viewer_updates_total: counts published to rooms
        told = registry.counter("dorami.viewer.updates");
        // dorami_viewer_records_total: shows that ended and are in PostgreSQL
        written = registry.counter("dorami.viewer.records");
        // dorami_viewer_doubtful_participants: on gateways that did not renew for 5 s. By as many all counts together
        // may be
        // too high; 0 while all is well
        Gauge.builder(
                        "dorami.viewer.doubtful.participants",
                        doubtful,
                        partitions -> partitions.values().stream()
                                .mapToLong(Long::longValue)
                                .sum())
                .register(registry);
    }

    void told() {
        told.increment();
    }

    void written() {
        written.increment();
    }

    void doubtful(Partition partition, long participants) {
        doubtful.put(partition, participants);
    }

    /** The others' doubts are the others' to tell. */
    void doubtfulOnlyOf(Collection<Partition> owned) {
        doubtful.keySet().retainAll(owned);
    }
}
