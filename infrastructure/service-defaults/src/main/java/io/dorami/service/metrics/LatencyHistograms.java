package io.dorami.service.metrics;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.core.instrument.distribution.DistributionStatisticConfig;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Set;
import java.util.stream.LongStream;

/**
 * Gives timers the same twelve buckets: all of Dorami's, and those of Quarkus and Vert.x that are named here. Prometheus
 * computes percentiles over all replicas from them. They are few, because a REST route with 6 statuses and 12 buckets is 72
 * series already.
 */
@Singleton
class LatencyHistograms {

    private static final String OWN_PREFIX = "dorami.";

    /** REST requests, statements of PostgreSQL, waits for one of its connections, and commands of Redis. */
    private static final Set<String> LIBRARY_TIMERS = Set.of(
            "http.server.requests",
            "postgresql.processing",
            "postgresql.queue.delay",
            "sql.pool.queue.delay",
            "redis.commands.duration");

    /** From the round trip of a command on one machine (1 ms) to the time after which callers give up (10 s). */
    private static final double[] BUCKETS = LongStream.of(1, 2, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 10_000)
            .mapToDouble(milliseconds -> Duration.ofMillis(milliseconds).toNanos())
            .toArray();

    private static final DistributionStatisticConfig HISTOGRAM = DistributionStatisticConfig.builder()
            .serviceLevelObjectives(BUCKETS)
            .build();

    @Produces
    @Singleton
    MeterFilter addBuckets() {
        return new MeterFilter() {
            @Override
            public DistributionStatisticConfig configure(Meter.Id id, DistributionStatisticConfig config) {
                return isLatency(id) ? HISTOGRAM.merge(config) : config;
            }
        };
    }

    private static boolean isLatency(Meter.Id id) {
        return id.getType() == Meter.Type.TIMER
                && (id.getName().startsWith(OWN_PREFIX) || LIBRARY_TIMERS.contains(id.getName()));
    }
}
