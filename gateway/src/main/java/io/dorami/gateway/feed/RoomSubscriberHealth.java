package io.dorami.gateway.feed;

import jakarta.enterprise.context.ApplicationScoped;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/** Readiness check: ready only while the subscription connection to Redis works. Sockets are accepted in any case. */
@Readiness
@ApplicationScoped
class RoomSubscriberHealth implements HealthCheck {

    private final RoomSubscriber roomSubscriber;

    RoomSubscriberHealth(RoomSubscriber roomSubscriber) {
        this.roomSubscriber = roomSubscriber;
    }

    @Override
    public HealthCheckResponse call() {
        return HealthCheckResponse.named("room feed")
                .status(roomSubscriber.isConnected())
                .build();
    }
}
