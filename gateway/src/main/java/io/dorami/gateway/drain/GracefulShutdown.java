package io.dorami.gateway.drain;

import io.dorami.contracts.errors.ErrorCode;
import io.dorami.gateway.GatewayConfig;
import io.dorami.gateway.http.ApiProxy;
import io.quarkus.arc.All;
import io.quarkus.runtime.ShutdownDelayInitiatedEvent;
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
 * Graceful shutdown on SIGTERM. The gateway is no longer ready, rejects new connections, and closes its open ones one
 * after the other, so that the clients do not all reconnect to the other gateways at the same moment. HTTP calls are
 * served until the last connection is closed. The application stops only after that, because a socket that closes later
 * finds no application any more and logs an error.
 */
@Readiness
@ApplicationScoped
class GracefulShutdown implements HealthCheck {

    /** After the server's handlers for all requests, such as CORS, and before the handlers that respond. */
    private static final int ROUTE_ORDER = -1;

    /**
     * Upper bound of the wait for closed sockets and calls in progress. A socket whose client does not reply to the close
     * frame is cut after 3 s. Shorter than the 5 s that Kubernetes leaves after the longest drain.
     */
    private static final Duration COMPLETION_TIMEOUT = Duration.ofSeconds(4);

    private static final Duration COMPLETION_CHECK_INTERVAL = Duration.ofMillis(10);

    private static final Logger LOG = Logger.getLogger(GracefulShutdown.class);

    private final List<DrainableConnections> endpoints;
    private final ApiProxy apiProxy;
    private final GatewayConfig config;
    private volatile boolean isDraining;

    GracefulShutdown(@All List<DrainableConnections> endpoints, ApiProxy apiProxy, GatewayConfig config) {
        this.endpoints = endpoints;
        this.apiProxy = apiProxy;
        this.config = config;
    }

    @Override
    public HealthCheckResponse call() {
        return HealthCheckResponse.named("drain").status(!isDraining).build();
    }

    void registerRoutes(@Observes Router router) {
        router.route().order(ROUTE_ORDER).handler(this::rejectNewConnections);
    }

    private void rejectNewConnections(RoutingContext context) {
        if (isDraining && opensConnection(context.request())) {
            ApiProxy.replyWithError(
                    context, ErrorCode.BUSY, "Gateway is shutting down; reconnect to reach another one");
        } else {
            context.next();
        }
    }

    private boolean opensConnection(HttpServerRequest request) {
        return endpoints.stream().anyMatch(endpoint -> endpoint.isOpenedBy(request));
    }

    /** Closes the connections. The application keeps running, and the rest of its shutdown waits for this method. */
    void drain(@Observes ShutdownDelayInitiatedEvent event) {
        isDraining = true;
        List<Runnable> closeActions = closeActions().toList();
        Duration duration = drainTime(closeActions.size());
        LOG.infof("Draining connections: count=%d durationMs=%d", closeActions.size(), duration.toMillis());
        long start = System.nanoTime();
        for (int i = 0; i < closeActions.size(); i++) {
            if (!waitUntil(start + duration.toNanos() * i / closeActions.size())) {
                return; // interrupted: the rest is closed with the server
            }
            closeActions.get(i).run();
        }
        closeActions().forEach(Runnable::run); // opened while new ones began to be rejected
        awaitCompletion();
    }

    private void awaitCompletion() {
        long deadline = System.nanoTime() + COMPLETION_TIMEOUT.toNanos();
        while ((closeActions().findAny().isPresent() || apiProxy.hasCallsInProgress())
                && System.nanoTime() - deadline < 0) {
            if (!waitUntil(System.nanoTime() + COMPLETION_CHECK_INTERVAL.toNanos())) {
                return;
            }
        }
    }

    /** Returns the time to close so many connections. A gateway with few connections stops sooner. */
    private Duration drainTime(int connections) {
        Duration unbounded = Duration.ofSeconds(connections).dividedBy(config.minDrainedPerSecond());
        return unbounded.compareTo(config.maxDrainTime()) < 0 ? unbounded : config.maxDrainTime();
    }

    private Stream<Runnable> closeActions() {
        return endpoints.stream().flatMap(endpoint -> endpoint.closeActions().stream());
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
