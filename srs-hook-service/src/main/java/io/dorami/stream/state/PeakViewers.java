package io.dorami.stream.state;

import io.dorami.presence.RunningShowStatistics;
import io.dorami.presence.ShowStatistics;
import io.dorami.service.runtime.Timeouts;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.Optional;

/**
 * The peak of concurrent viewers, from the statistics that accumulate in Redis during a show. viewer-service ends them
 * when it receives the show's end, so the peak is read before that event is published.
 */
@ApplicationScoped
class PeakViewers {

    /** A transaction waits for this. Redis responds within 1 ms; after an outage a show ends without a peak. */
    private static final Duration TIMEOUT = Duration.ofMillis(200);

    private final RunningShowStatistics statistics;

    PeakViewers(RunningShowStatistics statistics) {
        this.statistics = statistics;
    }

    /** Returns the peak of the stream's current show; empty if it is unknown. */
    Uni<Optional<Long>> find(Stream stream) {
        return Timeouts.failAfter(TIMEOUT, statistics.findRunning(stream.key()))
                .map(found -> found.filter(show -> show.startedAt().equals(stream.startedAt()))
                        .map(ShowStatistics::peak))
                .onFailure()
                .recoverWithItem(Optional.empty());
    }
}
