package io.dorami.service;

import io.smallrye.health.api.AsyncHealthCheck;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.redis.client.Command;
import io.vertx.mutiny.redis.client.Redis;
import io.vertx.mutiny.redis.client.Request;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/** Ready only while Redis answers within a second. */
@Readiness
@ApplicationScoped
class RedisHealth implements AsyncHealthCheck {

    private final Redis redis;

    RedisHealth(Redis redis) {
        this.redis = redis;
    }

    @Override
    public Uni<HealthCheckResponse> call() {
        return redis.send(Request.cmd(Command.PING))
                .ifNoItem()
                .after(Duration.ofSeconds(1))
                .fail()
                .map(pong -> HealthCheckResponse.up("redis"))
                .onFailure()
                .recoverWithItem(e -> HealthCheckResponse.named("redis")
                        .down()
                        .withData("reason", String.valueOf(e.getMessage()))
                        .build());
    }
}
