package io.dorami.service.redis;

import io.dorami.service.runtime.HealthProbe;
import io.smallrye.health.api.AsyncHealthCheck;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.redis.client.Command;
import io.vertx.mutiny.redis.client.Redis;
import io.vertx.mutiny.redis.client.Request;
import jakarta.enterprise.context.ApplicationScoped;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/** Readiness check: up while Redis responds. */
@Readiness
@ApplicationScoped
class RedisHealth implements AsyncHealthCheck {

    private final Redis redis;

    RedisHealth(Redis redis) {
        this.redis = redis;
    }

    @Override
    public Uni<HealthCheckResponse> call() {
        return HealthProbe.check("redis", redis.send(Request.cmd(Command.PING)));
    }
}
