package io.dorami.viewer;

import io.dorami.contracts.keys.StreamKey;
import io.dorami.presence.RunningShowStatistics;
import io.dorami.service.runtime.LoopbackRequests;
import io.dorami.service.runtime.WarmUp;
import io.dorami.service.runtime.WarmUpStep;
import io.dorami.service.runtime.WarmUpSteps;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;

/** Warms up requests for the counts and statistics of a stream that has none. Sweeps run from the start anyway. */
@ApplicationScoped
class ViewerWarmUp implements WarmUpSteps {

    private static final StreamKey KEY = new StreamKey(WarmUp.RESERVED_NAME);

    private final RunningShowStatistics shows;
    private final ShowStatisticsStore store;
    private final LoopbackRequests loopback;

    ViewerWarmUp(RunningShowStatistics shows, ShowStatisticsStore store, LoopbackRequests loopback) {
        this.shows = shows;
        this.store = store;
        this.loopback = loopback;
    }

    @Override
    public List<WarmUpStep> warmUpSteps() {
        return List.of(
                WarmUpStep.repeated("count", () -> loopback.get("/api/viewers/" + KEY, null)),
                WarmUpStep.repeated("statistics", () -> shows.findRunning(KEY).chain(() -> store.find(KEY, null))));
    }
}
