package io.dorami.gateway.feed;

import jakarta.enterprise.context.ApplicationScoped;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/** Ready only while events flow from Redis; sockets are accepted all the same. */
@Readiness
@ApplicationScoped
class RoomSubscriberHealth implements HealthCheck {

    private final RoomSubscriber feed;

    RoomSubscriberHealth(RoomSubscriber feed) {
        this.feed = feed;
    }

    @Override
    public HealthCheckResponse call() {
        return HealthCheckResponse.named("room feed").status(feed.up()).build();
    }
}
