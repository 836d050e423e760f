package io.dorami.service.runtime;

import io.smallrye.mutiny.Uni;
import java.time.Duration;
import org.eclipse.microprofile.health.HealthCheckResponse;

/** A health check: a component is up if it responds within 1 s. */
public final class HealthProbe {

    private static final Duration TIMEOUT = Duration.ofSeconds(1);

    private HealthProbe() {}

    /** Reports the component as up if the request succeeds in time. */
    public static Uni<HealthCheckResponse> check(String component, Uni<?> request) {
        return Timeouts.failAfter(TIMEOUT, request)
                .map(response -> HealthCheckResponse.up(component))
                .onFailure()
                .recoverWithItem(e -> HealthCheckResponse.named(component)
                        .down()
                        .withData("reason", String.valueOf(e.getMessage()))
                        .build());
    }
}
