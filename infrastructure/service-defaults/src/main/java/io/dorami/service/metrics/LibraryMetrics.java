package io.dorami.service.metrics;

import static java.util.Map.entry;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.config.MeterFilter;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Adds the descriptions that metrics of libraries lack, so that Prometheus has a HELP line for each. */
@Singleton
class LibraryMetrics {

    private static final Map<String, String> DESCRIPTIONS = Map.ofEntries(
            entry("http.server.active.requests", "Requests in progress"),
            entry("netty.allocator.memory.pinned", "Memory of Netty's buffers in use"),
            entry("netty.allocator.memory.used", "Memory that Netty's allocator has reserved"),
            entry("netty.allocator.pooled.arenas", "Arenas of Netty's pooled allocator"),
            entry("netty.allocator.pooled.cache.size", "Size of the caches of Netty's pooled allocator"),
            entry("netty.allocator.pooled.chunk.size", "Size of a chunk of Netty's pooled allocator"),
            entry("netty.allocator.pooled.threadlocal.caches", "Thread-local caches of Netty's pooled allocator"),
            entry("netty.eventexecutor.tasks.pending", "Tasks that wait for an event loop"),
            entry("netty.eventexecutor.workers", "Event loops"));

    /** End of the names of Vert.x' counters for each kind of client and server, which appear with the first error. */
    private static final String ERRORS = ".errors";

    @Produces
    @Singleton
    MeterFilter describe() {
        return new MeterFilter() {
            @Override
            public Meter.Id map(Meter.Id id) {
                String description = describe(id);
                return description == null
                        ? id
                        : new Meter.Id(
                                id.getName(), Tags.of(id.getTags()), id.getBaseUnit(), description, id.getType());
            }
        };
    }

    /** The circuit breakers' metrics have no description; {@code dorami.database} has the same numbers with one. */
    @Produces
    @Singleton
    MeterFilter dropFaultTolerance() {
        return MeterFilter.denyNameStartsWith("ft.");
    }

    /** Returns null if the metric has a description, or if none is known. */
    private static @Nullable String describe(Meter.Id id) {
        if (id.getDescription() != null && !id.getDescription().isBlank()) {
            return null;
        }
        return id.getName().endsWith(ERRORS) ? "Connections that ended with an error" : DESCRIPTIONS.get(id.getName());
    }
}
