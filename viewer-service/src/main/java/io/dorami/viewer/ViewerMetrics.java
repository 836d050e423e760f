package io.dorami.viewer;

import io.dorami.contracts.keys.Partition;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Metrics of viewer-service. */
@ApplicationScoped
class ViewerMetrics {

    private final Counter publishedCounts;
    private final Counter writtenShows;
    private final Map<Partition, Long> unconfirmedParticipants = new ConcurrentHashMap<>();

    ViewerMetrics(MeterRegistry registry) {
        publishedCounts = Counter.builder("dorami.viewer.updates")
                .description("Viewer counts published to rooms")
                .register(registry);
        writtenShows = Counter.builder("dorami.viewer.records")
                .description("Ended shows written to PostgreSQL")
                .register(registry);
        Gauge.builder(
                        "dorami.viewer.doubtful.participants",
                        unconfirmedParticipants,
                        partitions -> partitions.values().stream()
                                .mapToLong(Long::longValue)
                                .sum())
                .description("Participants of gateways that did not renew for 5 s: the most by which all counts"
                        + " together may be too high; 0 in normal operation")
                .register(registry);
    }

    /** Counts a viewer count that was published. */
    void countPublished() {
        publishedCounts.increment();
    }

    /** Counts a show that was written to PostgreSQL. */
    void countWrittenShow() {
        writtenShows.increment();
    }

    /** Sets the number of participants in the partition whose gateway is late with its renewal. */
    void setUnconfirmedParticipants(Partition partition, long participants) {
        unconfirmedParticipants.put(partition, participants);
    }

    /** Drops the values of all other partitions, because their owners report them. */
    void retainPartitions(Collection<Partition> owned) {
        unconfirmedParticipants.keySet().retainAll(owned);
    }
}
