package io.dorami.gateway.drain;

import io.dorami.contracts.errors.ErrorCode;
import io.dorami.gateway.GatewayConfig;
import io.dorami.gateway.http.ApiProxy;
import io.dorami.gateway.json.JsonWebSocketEndpoint;
import io.dorami.gateway.socketio.SocketIoEndpoint;
import io.quarkus.arc.All;
import io.quarkus.runtime.ShutdownDelayInitiatedEvent;
import io.quarkus.runtime.ShutdownEvent;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;
import org.jboss.logging.Logger;

/**
 * The end of a gateway, by SIGTERM: it is no longer ready, takes no new sockets, and closes those that it has one after the
 * other, so that not all clients come back to the others in the same moment. HTTP calls are served until the last is closed.
 */
@Readiness
@ApplicationScoped
class GracefulShutdown implements HealthCheck {

    /** After what the server does for all requests, such as CORS, and before what answers them. */
    private static final int BEFORE_ANSWERS = -1;

    private static final Logger LOG = Logger.getLogger(GracefulShutdown.class);

    private final List<DrainableConnections> formats;
    private final GatewayConfig config;
    private volatile boolean draining;

    GracefulShutdown(@All List<DrainableConnections> formats, GatewayConfig config) {
        this.formats = formats;
        this.config = config;
    }

    @Override
    public HealthCheckResponse call() {
        return HealthCheckResponse.named("drain").status(!draining).build();
    }

    void routes(@Observes Router router) {
        router.route().order(BEFORE_ANSWERS).handler(this::refuseNewSockets);
    }

    private void refuseNewSockets(RoutingContext call) {
        if (draining && opensSocket(call.request())) {
            ApiProxy.answer(call, ErrorCode.BUSY, "This gateway is stopping; another one answers");
        } else {
            call.next();
        }
    }

    /** What names a session belongs to a connection that is there. */
    private static boolean opensSocket(HttpServerRequest request) {
        return request.path().equals(JsonWebSocketEndpoint.PATH)
                || (request.path().equals(SocketIoEndpoint.PATH) && request.getParam("sid") == null);
    }

    /** Runs while everything else still does; the rest of the stopping waits for it. */
    void stopping(@Observes ShutdownDelayInitiatedEvent event) {
        draining = true;
        List<Runnable> closings = closings().toList();
        Duration time = time(closings.size());
        LOG.infof("Draining: %d connections in %d ms", closings.size(), time.toMillis());
        long start = System.nanoTime();
        for (int i = 0; i < closings.size(); i++) {
            if (!waitUntil(start + time.toNanos() * i / closings.size())) {
                return; // what is left is closed below
            }
            closings.get(i).run();
        }
    }

    /** What came in while the door closed. */
    void stop(@Observes ShutdownEvent event) {
        closings().forEach(Runnable::run);
    }

    /** How long it takes to close so many: few are not kept waiting. */
    private Duration time(int connections) {
        Duration unhurried = Duration.ofSeconds(connections).dividedBy(config.drainPerSecond());
        return unhurried.compareTo(config.drainTime()) < 0 ? unhurried : config.drainTime();
    }

    private Stream<Runnable> closings() {
        return formats.stream().flatMap(format -> format.closings().stream());
    }

    private static boolean waitUntil(long moment) {
        try {
            TimeUnit.NANOSECONDS.sleep(moment - System.nanoTime());
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
