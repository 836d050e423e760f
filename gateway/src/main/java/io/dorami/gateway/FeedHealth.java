package io.dorami.gateway;

import jakarta.enterprise.context.ApplicationScoped;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/** Ready only while events flow from Redis; sockets are accepted all the same. */
@Readiness
@ApplicationScoped
class FeedHealth implements HealthCheck {

    private final RoomFeed feed;

    FeedHealth(RoomFeed feed) {
        this.feed = feed;
    }

    @Override
    public HealthCheckResponse call() {
        return HealthCheckResponse.named("room feed").status(feed.up()).build();
    }
}
