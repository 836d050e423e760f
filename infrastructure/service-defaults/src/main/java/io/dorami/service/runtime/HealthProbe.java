package io.dorami.service.runtime;

import io.smallrye.mutiny.Uni;
import java.time.Duration;
import org.eclipse.microprofile.health.HealthCheckResponse;

/** A part is up if it answers within a second. */
public final class HealthProbe {

    private static final Duration PATIENCE = Duration.ofSeconds(1);

    private HealthProbe() {}

    public static Uni<HealthCheckResponse> check(String part, Uni<?> question) {
        return Timeouts.within(PATIENCE, question)
                .map(answer -> HealthCheckResponse.up(part))
                .onFailure()
                .recoverWithItem(e -> HealthCheckResponse.named(part)
                        .down()
                        .withData("reason", String.valueOf(e.getMessage()))
                        .build());
    }
}
